#pragma once

#include "melvit/core/source.h"

#include <memory>
#include <stop_token>
#include <string>

struct AVPacket;
struct AVStream;

namespace melvit {

/// A sound file taken apart: its best sound track as packets, still coded.
class Container {
public:
    /// stop    ends `next`
    /// throws  Error when the source is of no format in kContainers, or without a sound track
    explicit Container(const Source& source, std::stop_token stop = {});
    ~Container();
    Container(Container&&) noexcept;
    Container& operator=(Container&&) noexcept;

    /// Of the source, for errors.
    const std::filesystem::path& name() const;
    const AVStream& track() const;

    /// The next packet of the track, valid until the next call; none at the end.
    ///
    /// throws  Stopped
    const AVPacket* next();

    /// False for a packet of the track that holds no music: tags between the frames of an MP3.
    bool is_music(const AVPacket& packet) const;

    /// How long a packet of the track says it plays; 0 for one that holds no music.
    double seconds_of(const AVPacket& packet) const;

    /// True when the packets ended before the file did, at a place that FFmpeg could not read.
    bool is_torn() const { return is_torn_; }

    /// Empty, or one sentence about the end that is missing, where the file tells it without being decoded:
    /// plain PCM that states more than there is, an Ogg stream without its last page, an ADTS frame without
    /// its end.
    std::string missing_end() const;

    /// What the container says; 0 when it does not say, or FFmpeg only guesses it from a bit rate. Plain PCM
    /// that states more than the file has room for counts as what the file has.
    double stated_duration_seconds() const;

    /// The length of plain PCM, bounded by the bytes that are there; 0 for all else.
    double pcm_duration_seconds() const;

private:
    struct Handles;
    double written_duration_seconds() const;
    double pcm_bytes_per_second() const;
    std::string missing_pcm() const;
    std::stop_token stop_;
    std::unique_ptr<Handles> handles_;
    bool is_torn_ = false;
};

/// The length of the sound track, counted from its packets without decoding them; for files whose container
/// does not say. 0 when the packets do not say either.
///
/// throws  Error of Container; Stopped
double counted_duration_seconds(const Source& source, std::stop_token stop = {});

}  // namespace melvit
