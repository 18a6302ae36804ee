#include "melvit/audio/formats.h"

namespace melvit {

const char* const kContainers =
    // uncompressed and their likes
    "wav,w64,aiff,au,caf,voc,iff,nistsphere,ircam,avr,sox,dsf,wsd,"
    // one codec, one container
    "mp3,aac,loas,flac,ogg,ac3,eac3,dts,dtshd,mlp,truehd,ape,mpc,mpc8,tak,tta,wv,shn,oma,vqf,amr,gsm,adx,"
    // containers of films, which hold music too
    "mov,matroska,asf,xwma,avi,flv,rm";

const char* const kFrameStreams = "mp3,aac,loas,flac,ogg,ac3,eac3,dts,mlp,truehd,tta,tak,wv,ape,mpc,mpc8,shn";

const char* const kDecoders =
    // MPEG
    "mp1,mp1float,mp2,mp2float,mp3,mp3float,mp3adu,mp3adufloat,mp3on4,mp3on4float,aac,aac_latm,als,"
    // free codecs
    "flac,vorbis,opus,speex,wavpack,tta,tak,ape,mpc7,mpc8,shorten,"
    // of Apple, Microsoft, Dolby, DTS, Sony, Real, NTT
    "alac,mace3,mace6,qdm2,qdmc,wmav1,wmav2,wmapro,wmalossless,wmavoice,ac3,eac3,mlp,truehd,dca,"
    "atrac1,atrac3,atrac3al,atrac3plus,atrac3plusal,cook,ralf,sipr,real_144,real_288,twinvq,metasound,"
    // speech
    "amrnb,amrwb,gsm,gsm_ms,truespeech,nellymoser,g722,"
    // DSD
    "dsd_lsbf,dsd_msbf,dsd_lsbf_planar,dsd_msbf_planar,dst,"
    // PCM
    "pcm_u8,pcm_s8,pcm_s8_planar,pcm_s16le,pcm_s16be,pcm_s16le_planar,pcm_s16be_planar,pcm_u16le,pcm_u16be,"
    "pcm_s24le,pcm_s24be,pcm_s24le_planar,pcm_u24le,pcm_u24be,pcm_s32le,pcm_s32be,pcm_s32le_planar,"
    "pcm_u32le,pcm_u32be,pcm_s64le,pcm_s64be,pcm_f16le,pcm_f24le,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,"
    "pcm_alaw,pcm_mulaw,pcm_vidc,"
    // ADPCM
    "adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_yamaha,adpcm_adx,adpcm_swf,adpcm_ct,adpcm_sbpro_2,"
    "adpcm_sbpro_3,adpcm_sbpro_4,8svx_exp,8svx_fib";

}  // namespace melvit
