#include "worker/providers/asr/command_decoder.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include <pocketsphinx.h>
#include <sphinxbase/cmd_ln.h>
#include <sphinxbase/cmn.h>
#include <sphinxbase/fe.h>
#include <sphinxbase/feat.h>
#include <sphinxbase/fsg_model.h>
#include <sphinxbase/jsgf.h>

#include "worker/providers/asr/command_score.h"
#include "worker/providers/asr/sphinx_log.h"

namespace earshot::worker {
namespace {

constexpr const char* kSearchName = "commands";
constexpr float kLanguageWeight = 6.5F;  // PocketSphinx's default; it has little to weigh in a grammar

// The mean that the cepstra are taken against. The library would learn it over whole utterances, of whoever
// used this decoder before; a fixed one fails in noise (white noise 20 dB below the voice: 7 of 51 commands
// right, with the mean of the first second 38, of the whole utterance 39).
constexpr std::size_t kHeadSamples = 16000;
constexpr int kFewestFrames = 10;

// The library's cepstral mean moves on between two calls and not within one, so what it hears would depend on
// how busy the machine was. Pieces of one length make the same utterance give the same score.
constexpr std::size_t kPieceSamples = 1600;
static_assert(kHeadSamples % kPieceSamples == 0);

// So much of the silence around the words counts for the mean (10 ms a frame). With half a second of it
// "hello" was refused in half of the cases; over 384 short commands 5 frames refuse 7,
// 15 refuse 21, 25 refuse 36.
constexpr std::size_t kQuietFrames = 8;

using Settings = std::unique_ptr<cmd_ln_t, decltype([](cmd_ln_t* settings) { cmd_ln_free_r(settings); })>;

Error failed(const char* what) {
  return Error{ErrorCode::kUnavailable, std::string("PocketSphinx: ") + what};
}

Settings common_settings(const std::string& model_dir) {
  // The library's own silence removal would shift frame numbers between the two decoders;
  // there is a Vad before us.
  return Settings(cmd_ln_init(nullptr, ps_args(), TRUE, "-hmm", (model_dir + "/en-us").c_str(),
                              "-remove_silence", "no", nullptr));
}

// <sil>, [NOISE], (NULL); SIL and +SPN+ among the phones.
bool is_speech(std::string_view name) {
  return !name.empty() && std::string_view("<[(+").find(name.front()) == std::string_view::npos &&
         name != "SIL";
}

// RETURNS: the frames from shortly before the first loud one to shortly behind the last.
// The first cepstrum is loudness.
std::span<float* const> near_speech(std::span<float* const> frames) {
  if (frames.empty()) return frames;
  const auto loudness = [](const float* frame) { return std::max(frame[0], 0.0F); };
  const auto [quietest, loudest] = std::ranges::minmax_element(frames, {}, loudness);
  const float loud = (loudness(*quietest) + loudness(*loudest)) / 2;
  std::size_t first = frames.size();
  std::size_t last = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (loudness(frames[i]) < loud) continue;
    first = std::min(first, i);
    last = i;
  }
  first -= std::min(first, kQuietFrames);
  last = std::min(last + kQuietFrames, frames.size() - 1);
  return frames.subspan(first, last - first + 1);
}

std::vector<DecodedSegment> segments_of(ps_decoder_t* decoder, bool with_transitions) {
  std::vector<DecodedSegment> segments;
  for (ps_seg_t* it = ps_seg_iter(decoder); it != nullptr; it = ps_seg_next(it)) {
    DecodedSegment segment;
    ps_seg_frames(it, &segment.first_frame, &segment.last_frame);
    if (segment.last_frame < segment.first_frame) continue;
    int32 acoustic = 0;
    int32 transition = 0;
    int32 back_off = 0;
    ps_seg_prob(it, &acoustic, &transition, &back_off);
    segment.score = static_cast<double>(acoustic) + (with_transitions ? transition : 0);
    segment.speech = is_speech(ps_seg_word(it));
    segments.push_back(segment);
  }
  return segments;
}

}  // namespace

Result<std::unique_ptr<CommandDecoder>> CommandDecoder::create(const std::string& model_dir,
                                                               const CommandGrammar& grammar) {
  silence_sphinx_log();
  auto words = load_words(model_dir, grammar);
  if (!words) return words.error();
  auto phones = load_phones(model_dir);
  if (!phones) return phones.error();
  return std::unique_ptr<CommandDecoder>(new CommandDecoder(std::move(*words), std::move(*phones)));
}

void CommandDecoder::begin() {
  waiting_.clear();
  started_ = false;
}

void CommandDecoder::hear(std::span<const std::int16_t> pcm_16khz) {
  waiting_.insert(waiting_.end(), pcm_16khz.begin(), pcm_16khz.end());
  if (!started_ && waiting_.size() < kHeadSamples) return;
  if (!started_) start(std::span(waiting_).first(kHeadSamples));
  std::span<const std::int16_t> rest(waiting_);
  for (; rest.size() >= kPieceSamples; rest = rest.subspan(kPieceSamples)) decode(rest.first(kPieceSamples));
  waiting_.erase(waiting_.begin(), waiting_.end() - static_cast<std::ptrdiff_t>(rest.size()));
}

Transcript CommandDecoder::decide(double threshold) {
  if (!started_) start(waiting_);
  for (std::span<const std::int16_t> rest(waiting_); !rest.empty();) {
    const auto piece = rest.first(std::min(rest.size(), kPieceSamples));
    decode(piece);
    rest = rest.subspan(piece.size());
  }
  waiting_.clear();
  ps_end_utt(words_.get());
  ps_end_utt(phones_.get());
  int32 score = 0;
  const char* const text = ps_get_hyp(words_.get(), &score);
  ps_get_hyp(phones_.get(), &score);
  Transcript transcript;
  transcript.confidence = command_score(segments_of(words_.get(), false), segments_of(phones_.get(), true));
  transcript.understood = text != nullptr && *text != '\0' && transcript.confidence >= threshold;
  if (transcript.understood) transcript.text = text;
  return transcript;
}

void CommandDecoder::Free::operator()(ps_decoder_s* decoder) const {
  ps_free(decoder);
}

CommandDecoder::CommandDecoder(Decoder words, Decoder phones)
    : words_(std::move(words)), phones_(std::move(phones)) {
  const feat_t* const features = ps_get_feat(words_.get());
  trained_mean_.resize(static_cast<std::size_t>(feat_cepsize(features)));
  cmn_live_get(features->cmn_struct, trained_mean_.data());
}

void CommandDecoder::start(std::span<const std::int16_t> head) {
  started_ = true;
  std::vector<float> mean = mean_of(head);
  for (ps_decoder_t* decoder : {words_.get(), phones_.get()}) {
    ps_end_utt(decoder);  // of an utterance that was given up; else without effect
    cmn_live_set(ps_get_feat(decoder)->cmn_struct, mean.data());
    ps_start_stream(decoder);
    ps_start_utt(decoder);
  }
}

void CommandDecoder::decode(std::span<const std::int16_t> piece) {
  for (ps_decoder_t* decoder : {words_.get(), phones_.get()}) {
    ps_process_raw(decoder, piece.data(), piece.size(), FALSE, FALSE);
  }
}

std::vector<float> CommandDecoder::mean_of(std::span<const std::int16_t> pcm_16khz) {
  fe_t* const front_end = ps_get_fe(words_.get());
  const auto width = static_cast<std::size_t>(fe_get_output_size(front_end));
  std::size_t samples_left = pcm_16khz.size();
  int32 frames = 0;
  fe_process_frames(front_end, nullptr, &samples_left, nullptr, &frames, nullptr);  // only counts
  std::vector<float> storage((static_cast<std::size_t>(frames) + 1) * width);
  std::vector<float*> rows;
  for (std::size_t at = 0; at < storage.size(); at += width) rows.push_back(storage.data() + at);

  fe_start_stream(front_end);
  fe_start_utt(front_end);
  const int16* from = pcm_16khz.data();
  samples_left = pcm_16khz.size();
  fe_process_frames(front_end, &from, &samples_left, rows.data(), &frames, nullptr);
  int32 tail_frames = 0;
  fe_end_utt(front_end, rows.back(), &tail_frames);

  std::vector<float> mean(width, 0);
  int counted = 0;
  for (const float* row : near_speech(std::span(rows).first(static_cast<std::size_t>(frames)))) {
    if (row[0] < 0) continue;  // digital silence, as the library's own mean leaves it out
    for (std::size_t i = 0; i < width; ++i) mean[i] += row[i];
    ++counted;
  }
  if (counted < kFewestFrames) return trained_mean_;
  for (float& value : mean) value /= static_cast<float>(counted);
  return mean;
}

Result<CommandDecoder::Decoder> CommandDecoder::load_words(const std::string& model_dir,
                                                           const CommandGrammar& grammar) {
  const Settings settings = common_settings(model_dir);
  Decoder decoder(settings ? ps_init(settings.get()) : nullptr);
  if (!decoder) return failed(("no acoustic model in " + model_dir).c_str());
  for (const Pronunciation& entry : grammar.pronunciations) {
    if (ps_add_word(decoder.get(), entry.word.c_str(), entry.phones.c_str(), FALSE) < 0) {
      return Error{ErrorCode::kInvalid,
                   "PocketSphinx: no phones '" + entry.phones + "' for '" + entry.word + "'"};
    }
  }
  const std::unique_ptr<jsgf_t, decltype([](jsgf_t* parsed) { jsgf_grammar_free(parsed); })> parsed(
      jsgf_parse_string(grammar.jsgf.c_str(), nullptr));
  jsgf_rule_t* const rule = parsed ? jsgf_get_public_rule(parsed.get()) : nullptr;
  if (rule == nullptr) return Error{ErrorCode::kInvalid, "the grammar is not valid JSGF with a public rule"};
  const std::unique_ptr<fsg_model_t, decltype([](fsg_model_t* network) { fsg_model_free(network); })> network(
      jsgf_build_fsg(parsed.get(), rule, ps_get_logmath(decoder.get()), kLanguageWeight));
  if (!network || ps_set_fsg(decoder.get(), kSearchName, network.get()) < 0 ||
      ps_set_search(decoder.get(), kSearchName) < 0) {
    return failed("the grammar cannot be searched");
  }
  return decoder;
}

Result<CommandDecoder::Decoder> CommandDecoder::load_phones(const std::string& model_dir) {
  const Settings settings = common_settings(model_dir);
  if (!settings) return failed("settings refused");
  // Phones without context: with it the loop is a hundred times slower and never keeps up
  // (measurements 8).
  cmd_ln_set_str_r(settings.get(), "-allphone", (model_dir + "/en-us-phone.lm.bin").c_str());
  cmd_ln_set_boolean_r(settings.get(), "-allphone_ci", TRUE);
  cmd_ln_set_float_r(settings.get(), "-beam", 1e-20);
  cmd_ln_set_float_r(settings.get(), "-pbeam", 1e-20);
  Decoder decoder(ps_init(settings.get()));
  if (!decoder) return failed(("no phone model en-us-phone.lm.bin in " + model_dir).c_str());
  return decoder;
}

}  // namespace earshot::worker
