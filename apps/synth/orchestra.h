#pragma once

#include "apps/synth/instruments.h"

/// The instruments that the genres' rules name.
namespace melvit::orchestra {

// a table, a few lines an instrument.
// clang-format off

// Drums.
inline constexpr Drum kKick{
    .from_hz = 150, .to_hz = 50, .fall_seconds = 0.02F, .tone_seconds = 0.09F, .noise = 0.3F,
    .noise_low_hz = 1500, .noise_seconds = 0.004F};
inline constexpr Drum kDeepKick{
    .from_hz = 110, .to_hz = 42, .fall_seconds = 0.04F, .tone_seconds = 0.22F, .noise = 0.1F,
    .noise_low_hz = 800, .noise_high_hz = 4000, .noise_seconds = 0.005F};
inline constexpr Drum kClickKick{
    .from_hz = 220, .to_hz = 60, .fall_seconds = 0.01F, .tone_seconds = 0.05F, .noise = 1.2F,
    .noise_low_hz = 2500, .noise_seconds = 0.008F};
inline constexpr Drum kSnare{
    .from_hz = 230, .to_hz = 180, .tone_seconds = 0.06F, .noise = 1.3F, .noise_low_hz = 900,
    .noise_seconds = 0.09F};
inline constexpr Drum kBigSnare{
    .from_hz = 220, .to_hz = 170, .tone_seconds = 0.09F, .noise = 2.0F, .noise_low_hz = 500,
    .noise_seconds = 0.16F};
inline constexpr Drum kCrackSnare{
    .from_hz = 260, .to_hz = 190, .tone_seconds = 0.05F, .noise = 1.6F, .noise_low_hz = 600,
    .noise_high_hz = 6000, .noise_seconds = 0.11F};
inline constexpr Drum kRimShot{
    .from_hz = 900, .to_hz = 820, .tone_seconds = 0.02F, .noise = 0.6F, .noise_low_hz = 1500,
    .noise_high_hz = 5000, .noise_seconds = 0.015F};
inline constexpr Drum kBrush{
    .noise = 1.0F, .noise_low_hz = 1800, .noise_high_hz = 6500, .noise_seconds = 0.10F};
inline constexpr Drum kClap{
    .noise = 1.8F, .noise_low_hz = 900, .noise_high_hz = 5500, .noise_seconds = 0.09F, .bursts = 4};
inline constexpr Drum kClosedHat{.noise = 1.0F, .noise_low_hz = 7000, .noise_seconds = 0.025F};
inline constexpr Drum kOpenHat{.noise = 1.0F, .noise_low_hz = 6500, .noise_seconds = 0.16F};
inline constexpr Drum kRide{
    .from_hz = 5200, .to_hz = 5200, .tone_seconds = 0.02F, .noise = 0.8F, .noise_low_hz = 5000,
    .noise_seconds = 0.22F};
inline constexpr Drum kCrash{.noise = 1.4F, .noise_low_hz = 3000, .noise_seconds = 0.9F};
inline constexpr Drum kShaker{
    .noise = 0.8F, .noise_low_hz = 5000, .noise_high_hz = 9000, .noise_seconds = 0.035F};
inline constexpr Drum kTom{
    .from_hz = 160, .to_hz = 95, .fall_seconds = 0.06F, .tone_seconds = 0.18F, .noise = 0.3F,
    .noise_low_hz = 400, .noise_high_hz = 3000, .noise_seconds = 0.04F};

// Strings that are plucked.
inline constexpr Pluck kAcousticGuitar{.brightness = 0.75F, .softness = 0.15F, .ring_seconds = 0.7F};
inline constexpr Pluck kBanjo{.brightness = 1.0F, .softness = 0.08F, .ring_seconds = 0.22F};
inline constexpr Pluck kElectricGuitar{.brightness = 0.5F, .softness = 0.3F, .ring_seconds = 1.4F};
inline constexpr Pluck kUprightBass{.brightness = 0.22F, .softness = 0.45F, .ring_seconds = 0.45F};
inline constexpr Pluck kElectricBass{.brightness = 0.42F, .softness = 0.3F, .ring_seconds = 0.8F};
inline constexpr Pluck kDullBass{.brightness = 0.16F, .softness = 0.48F, .ring_seconds = 0.9F};

// Strings that are struck or bowed, winds, voices.
inline constexpr Additive kPiano{
    .harmonics = 14, .tilt = 1.3F, .damping = 0.9F,
    .envelope = {.attack_seconds = 0.003F, .decay_seconds = 0.9F, .release_seconds = 0.15F}};
inline constexpr Additive kStringSection{
    .harmonics = 18, .tilt = 1.25F, .vibrato = 0.12F, .detune_cents = 11, .breath = 0.03F,
    .envelope = {.attack_seconds = 0.16F, .release_seconds = 0.35F}};
inline constexpr Additive kFlute{
    .harmonics = 5, .tilt = 2.1F, .vibrato = 0.2F, .breath = 0.12F,
    .envelope = {.attack_seconds = 0.06F, .release_seconds = 0.12F}};
inline constexpr Additive kFiddle{
    .harmonics = 22, .tilt = 0.9F, .vibrato = 0.25F, .breath = 0.05F,
    .envelope = {.attack_seconds = 0.04F, .release_seconds = 0.08F}};
inline constexpr Additive kSaxophone{
    .harmonics = 16, .tilt = 0.85F, .even = 0.7F, .vibrato = 0.3F, .breath = 0.15F,
    .envelope = {.attack_seconds = 0.03F, .release_seconds = 0.09F}};
inline constexpr Additive kHarmonica{
    .harmonics = 14, .tilt = 0.75F, .even = 0.5F, .vibrato = 0.45F, .breath = 0.1F,
    .envelope = {.attack_seconds = 0.03F, .release_seconds = 0.07F}};
inline constexpr Additive kBrass{
    .harmonics = 20, .tilt = 0.7F, .damping = 1.2F, .detune_cents = 6, .breath = 0.05F,
    .envelope = {.attack_seconds = 0.025F, .decay_seconds = 0.4F, .release_seconds = 0.06F}};
inline constexpr Additive kOrgan{
    .harmonics = 8, .tilt = 0.9F, .even = 0.8F, .vibrato = 0.06F,
    .envelope = {.attack_seconds = 0.008F, .release_seconds = 0.03F}};
inline constexpr Additive kVoice{
    .harmonics = 24, .tilt = 0.6F, .vibrato = 0.3F, .breath = 0.06F, .sings = true,
    .envelope = {.attack_seconds = 0.05F, .release_seconds = 0.1F}};
inline constexpr Additive kSpeech{
    .harmonics = 36, .tilt = 0.45F, .vibrato = 0.8F, .breath = 0.2F, .sings = true,
    .envelope = {.attack_seconds = 0.015F, .decay_seconds = 0.12F, .release_seconds = 0.03F}};

// Machines.
inline constexpr Additive kSawPad{
    .harmonics = 40, .tilt = 0.85F, .detune_cents = 16,
    .envelope = {.attack_seconds = 0.02F, .release_seconds = 0.15F}};
inline constexpr Additive kSynthBass{
    .harmonics = 20, .tilt = 1.05F, .damping = 1.5F, .detune_cents = 5,
    .envelope = {.attack_seconds = 0.004F, .decay_seconds = 0.35F, .release_seconds = 0.04F}};
inline constexpr Additive kSubBass{
    .harmonics = 2, .tilt = 2.5F,
    .envelope = {.attack_seconds = 0.01F, .decay_seconds = 0.9F, .release_seconds = 0.05F}};
inline constexpr Fm kElectricPiano{
    .ratio = 1, .index = 1.6F, .index_decay_seconds = 0.35F,
    .envelope = {.attack_seconds = 0.003F, .decay_seconds = 0.8F, .release_seconds = 0.1F}};
inline constexpr Fm kBell{
    .ratio = 3.5F, .index = 2.2F, .index_decay_seconds = 0.5F,
    .envelope = {.attack_seconds = 0.002F, .decay_seconds = 0.5F, .release_seconds = 0.2F}};

// clang-format on

}  // namespace melvit::orchestra
