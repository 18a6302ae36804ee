#include "melvit/audio/formats.h"

namespace melvit {

const char* const kContainers =
    // uncompressed and their likes
    "wav,w64,aiff,au,caf,voc,iff,nistsphere,ircam,avr,sox,dsf,"
    // one codec, one container
    "mp3,aac,flac,ogg,ac3,eac3,dts,mlp,truehd,ape,mpc,mpc8,tta,wv,shn,amr,gsm,"
    // containers of films, which hold music too
    "mov,matroska,asf,avi,flv";

const char* const kFrameStreams = "mp3,aac,flac,ogg,ac3,eac3,dts,mlp,truehd,tta,wv,ape,mpc,mpc8,shn";

const char* const kDecoders =
    // MPEG
    "mp1,mp1float,mp2,mp2float,mp3,mp3float,aac,"
    // free codecs
    "flac,vorbis,opus,speex,wavpack,tta,ape,mpc7,mpc8,shorten,"
    // of Apple, Microsoft, Dolby, DTS
    "alac,wmav1,wmav2,ac3,eac3,mlp,truehd,dca,"
    // speech
    "amrnb,gsm,gsm_ms,g722,"
    // DSD
    "dsd_lsbf_planar,dsd_msbf_planar,"
    // PCM
    "pcm_u8,pcm_s8,pcm_s8_planar,pcm_s16le,pcm_s16be,pcm_s16be_planar,pcm_s24le,pcm_s24be,"
    "pcm_s32le,pcm_s32be,pcm_s64le,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw,"
    // ADPCM
    "adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_yamaha";

}  // namespace melvit
