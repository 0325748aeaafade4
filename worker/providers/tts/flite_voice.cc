#include "worker/providers/tts/flite_voice.h"

#include <flite/flite.h>

#include <vector>

extern "C" cst_voice* register_cmu_us_slt(const char* voxdir);

namespace earshot::worker {

namespace {

struct VoiceDeleter {
  void operator()(cst_voice* voice) const {
    delete_features(voice->features);
    delete_features(voice->ffunctions);
    cst_free(voice);
  }
};
using VoicePtr = std::unique_ptr<cst_voice, VoiceDeleter>;

// A voice object of one sentence: features of its own over the shared data.
VoicePtr clone(const cst_voice& master) {
  VoicePtr made(new_voice());
  made->name = master.name;
  made->utt_init = master.utt_init;
  feat_copy_into(master.features, made->features);
  feat_copy_into(master.ffunctions, made->ffunctions);
  return made;
}

int on_wave(const cst_wave* wave, int start, int size, int /*last*/, cst_audio_streaming_info* info) {
  auto& job = *static_cast<SynthesisJob*>(info->userdata);
  if (!job.wanted()) return CST_AUDIO_STREAM_STOP;
  if (size > 0) {
    const auto* from = wave->samples + start;
    job.audio({.samples = std::vector<std::int16_t>(from, from + size), .sample_rate_hz = wave->sample_rate});
  }
  return CST_AUDIO_STREAM_CONT;
}

}  // namespace

Result<FliteVoice> FliteVoice::load() {
  static cst_voice* const master = [] {
    flite_init();
    return register_cmu_us_slt(nullptr);
  }();
  if (master == nullptr) return Error{ErrorCode::kInternal, "flite has no voice cmu_us_slt"};
  return FliteVoice(master);
}

void FliteVoice::speak(SynthesisJob& job) const {
  const VoicePtr voice = clone(*static_cast<cst_voice*>(master_));
  cst_audio_streaming_info* info = new_audio_streaming_info();
  info->asc = &on_wave;
  info->userdata = &job;
  info->min_buffsize = 960;  // 60 ms: the first piece fills one frame for the device
  feat_set(voice->features, "streaming_info", audio_streaming_info_val(info));  // owned by the features
  if (job.request().speed != 1)
    feat_set_float(voice->features, "duration_stretch", static_cast<float>(1 / job.request().speed));
  cst_wave* whole = flite_text_to_wave(job.request().text.c_str(), voice.get());
  if (whole == nullptr && job.wanted())
    return job.done(Error{ErrorCode::kInternal, "flite made no sound of a sentence"});
  if (whole != nullptr) delete_wave(whole);
  job.done(kDone);
}

}  // namespace earshot::worker
