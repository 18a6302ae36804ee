//! second_readers read KIND CHANNELS IN OUT: the sound of IN, interleaved 32-bit integers of full scale, to OUT.
//! second_readers write KIND IN.wav OUT: IN, a WAV file of 16 bits with a header of 44 bytes, in another coding.

use std::{env, fs, io::Cursor};

type Failure = Box<dyn std::error::Error>;

fn failed<E: std::fmt::Debug>(error: E) -> Failure {
    format!("{error:?}").into()
}

fn from_16_bits(samples: impl IntoIterator<Item = i16>) -> Vec<i32> {
    samples.into_iter().map(|sample| i32::from(sample) << 16).collect()
}

fn words(bytes: &[u8]) -> Vec<i16> {
    bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

fn interleaved(channels: &[Vec<i32>], shift: u32) -> Vec<i32> {
    (0..channels[0].len()).flat_map(|at| channels.iter().map(move |channel| channel[at] << shift)).collect()
}

/// The payload of a chunk named `name`: RIFF's sizes are 4 bytes, least first; CAF's are 8, most first, and its data has a word before it.
fn chunk<'a>(file: &'a [u8], name: &[u8; 4]) -> Result<&'a [u8], Failure> {
    let caf = file.starts_with(b"caff");
    let (mut at, header) = if caf { (8, 12) } else { (12, 8) };
    while at + header <= file.len() {
        let size = &file[at + 4..at + header];
        let size = if caf { u64::from_be_bytes(size.try_into()?) } else { u64::from(u32::from_le_bytes(size.try_into()?)) } as usize;
        let end = (at + header).saturating_add(size).min(file.len());
        if &file[at..at + 4] == name {
            return Ok(&file[at + header + if caf { 4 } else { 0 }..end]);
        }
        at = end + if caf { 0 } else { size % 2 };
    }
    Err("no such chunk".into())
}

fn read(kind: &str, channels: usize, file: &[u8]) -> Result<Vec<i32>, Failure> {
    Ok(match kind {
        "ape" => from_16_bits(words(&ape_decoder::decode(&mut Cursor::new(file)).map_err(failed)?)),
        "tta" => oxideav_tta::decode(file).map_err(failed)?.1.into_iter().map(|sample| sample << 16).collect(),
        "shn" => interleaved(&oxideav_shorten::decode_stream(file).map_err(failed)?.channels, 16),
        "ima_qt" => {
            let blocks = chunk(file, b"data")?.chunks_exact(34 * channels);
            let decoded: Result<Vec<_>, _> = blocks.map(|block| oxideav_adpcm::ima_qt::decode_block(block, channels)).collect();
            from_16_bits(decoded.map_err(failed)?.concat())
        }
        "yamaha" => {
            let mut state = vec![oxideav_adpcm::yamaha::Channel::default(); channels];
            from_16_bits(oxideav_adpcm::yamaha::decode_packet(chunk(file, b"data")?, &mut state))
        }
        _ => return Err(format!("no reader of {kind}").into()),
    })
}

/// MPEG-1 layer I through the crate's registry, the only way to its encoder.
fn write_mp1(samples: &[u8], channels: u16, rate: u32) -> Result<Vec<u8>, Failure> {
    use oxideav_core::{AudioFrame, CodecId, CodecParameters, CodecRegistry, Frame};
    let mut registry = CodecRegistry::new();
    oxideav_mp1::register_codecs(&mut registry);
    let mut parameters = CodecParameters::audio(CodecId::new("mp1"));
    parameters.sample_rate = Some(rate);
    parameters.channels = Some(channels);
    parameters.bit_rate = Some(384_000);
    let mut encoder = registry.first_encoder(&parameters).map_err(failed)?;
    let mut bytes = Vec::new();
    for frame in samples.chunks_exact(384 * 2 * usize::from(channels)) {
        encoder.send_frame(&Frame::Audio(AudioFrame { samples: 384, pts: None, data: vec![frame.to_vec()] })).map_err(failed)?;
        while let Ok(packet) = encoder.receive_packet() {
            bytes.extend_from_slice(&packet.data);
        }
    }
    Ok(bytes)
}

fn write(kind: &str, wav: &[u8]) -> Result<Vec<u8>, Failure> {
    let channels = u16::from_le_bytes([wav[22], wav[23]]);
    let rate = u32::from_le_bytes(wav[24..28].try_into()?);
    let samples = &wav[44..];
    Ok(match kind {
        "ape" => oxideav_ape::encode_wav(wav, oxideav_ape::CompressionLevel::High).map_err(failed)?,
        "shn" => {
            let header = oxideav_shorten::ShortenStreamHeader {
                version: 2, filetype: 5, channels: u32::from(channels), blocksize: 256, maxlpcorder: 0, meanblocks: 4, skipbytes: 0,
            };
            let numbers: Vec<i32> = words(samples).into_iter().map(i32::from).collect();
            oxideav_shorten::encode_stream(&header, &numbers, &wav[..44]).map_err(failed)?
        }
        "mpc7" => {
            let settings = oxideav_musepack::sv7_pcm_encode::Sv7EncoderSettings::default();
            oxideav_musepack::sv7_pcm_encode::encode_sv7_from_pcm_s16(&words(samples), channels as u8, 0, &settings).map_err(failed)?.bytes
        }
        "mp1" => write_mp1(samples, channels, rate)?,
        _ => return Err(format!("no writer of {kind}").into()),
    })
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["read", kind, channels, from, to] => {
            let samples = read(kind, channels.parse()?, &fs::read(from)?)?;
            fs::write(to, samples.into_iter().flat_map(i32::to_le_bytes).collect::<Vec<u8>>())?;
        }
        ["write", kind, from, to] => fs::write(to, write(kind, &fs::read(from)?)?)?,
        _ => return Err("usage: second_readers read KIND CHANNELS IN OUT | write KIND IN OUT".into()),
    }
    Ok(())
}
