#include "worker/conversation/turn.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "worker/conversation/tool_wish.h"
#include "worker/dialogue/token_budget.h"
#include "worker/speaking/sentence_end.h"
#include "worker/speaking/spoken_language.h"
#include "worker/stages/sentence_join.h"
#include "worker/tools/foreign_text.h"

namespace earshot::worker {

namespace {

// To a brain whose reply was cut off by us.
constexpr const char* kGoOn =
    "Your reply above was cut off by a technical fault. Go on exactly behind its last word: do not greet, do "
    "not "
    "apologise, and do not repeat what is written there.";

constexpr std::size_t kMaxEmotionBytes = 16;  // the longest of the 21 names has 11 (device-protocol 6.2)

// Empty: the brain has to make something of an answer, as of every error.
std::string spoken_as_it_is(const std::vector<ToolOutcome>& outcomes) {
  std::string said;
  for (const ToolOutcome& outcome : outcomes) {
    if (!outcome.speak || !outcome.text) return {};
    if (!said.empty()) said += '\n';
    said += *outcome.text;
  }
  return said;
}

Message message_of(Message::Role role, std::string text) {
  return {.role = role, .text = std::move(text), .tool_calls = {}, .tool_call_id = {}, .is_error = false};
}

}  // namespace

Turn::Turn(TurnId id, TurnLimits limits, LlmProvider& brain, ToolBox& tools, AudioOutput& voice,
           TurnTracer& tracer, Executor executor, TurnHandlers handlers)
    : id_(id),
      limits_(limits),
      brain_(brain),
      tools_(tools),
      voice_(voice),
      tracer_(tracer),
      executor_(std::move(executor)),
      handlers_(std::move(handlers)),
      text_(limits.reply_bytes, handlers_.emotions) {}

void Turn::answer(LlmRequest request, SteadyTime now) {
  now_ = now;
  request_ = std::move(request);
  voice_.begin(id_);
  state_ = State::kWaitingForTools;
  deadline_ = now + limits_.tool_list_patience;
  total_deadline_ = now + limits_.total_patience;
  on_tools_changed(now);
}

void Turn::speculate(LlmRequest request, SteadyTime now) {
  speculative_ = true;
  answer(std::move(request), now);
}

void Turn::confirm(SteadyTime now) {
  now_ = now;
  speculative_ = false;
  if (state_ == State::kHeld) run_calls();
}

void Turn::say(FixedReply reply, std::string language, SteadyTime now) {
  now_ = now;
  request_.language = std::move(language);
  voice_.begin(id_);
  state_ = State::kThinking;
  say_only(reply);
}

void Turn::go_on(LlmRequest request, TurnSoFar so_far, SteadyTime now) {
  now_ = now;
  request_ = std::move(request);
  reply_ = std::move(so_far.reply);
  speech_started_ = so_far.speech_started;
  const std::size_t said = so_far.said.size();
  total_deadline_ = now + limits_.total_patience;
  voice_.begin(id_, static_cast<std::uint32_t>(said));
  if (!so_far.complete) {
    said_ = std::move(so_far.said);
    repeats_ = !said_.empty();
    state_ = State::kWaitingForTools;
    deadline_ = now + limits_.tool_list_patience;
    return on_tools_changed(now);
  }
  state_ = State::kThinking;
  start_speech();
  for (std::size_t i = said; i < reply_.sentence_count(); ++i) {
    const std::string& sentence = reply_.sentences()[i];
    const std::string text = sentence.empty() ? filler_text(request_.language) : sentence;
    tracer_.sentence(id_);
    voice_.say(text, spoken_language(text, request_.language), now);
  }
  finish();
}

void Turn::on_tools_changed(SteadyTime now) {
  now_ = now;
  if (state_ == State::kWaitingForTools && tools_.list_settled() && know_memory()) think(now);
}

// RETURNS: false: it is still looked up, for a moment.
bool Turn::know_memory() {
  if (!handlers_.remembered) return true;
  auto remembered = handlers_.remembered(now_);
  if (!remembered) return false;
  const auto words = std::ranges::find(request_.dialogue.rbegin(), request_.dialogue.rend(),
                                       Message::Role::kUser, &Message::role);
  if (words != request_.dialogue.rend()) words->aside = std::move(*remembered);
  return true;
}

void Turn::on_voice_done() {
  voice_over_ = true;
  if (state_ == State::kSpeaking) complete();
}

void Turn::tick(SteadyTime now) {
  now_ = now;
  if (state_ == State::kWaitingForTools) {
    if (now >= deadline_) tools_.wait_no_longer_for_list();
    return on_tools_changed(now);
  }
  const bool silent = state_ == State::kCallingTools && reply_.sentence_count() == 0;
  if (silent && limits_.filler_after.count() > 0 && now - calling_since_ >= limits_.filler_after)
    say_filler();
  const bool late = state_ == State::kThinking && now >= deadline_;
  const bool works = state_ == State::kThinking || state_ == State::kHeld || state_ == State::kCallingTools;
  if (!late && !(works && now >= total_deadline_)) return;
  tools_.cancel();
  tracer_.fail(id_, TurnStage::kLlm, ErrorCode::kTimeout);
  apologise(Apology::kNoAnswer);
}

void Turn::cancel() {
  if (state_ == State::kOver) return;
  state_ = State::kOver;
  if (stream_) stream_->cancel();
  tools_.cancel();
  voice_.cancel();
}

void Turn::think(SteadyTime now) {
  tracer_.mark(id_, TurnMark::kToolsKnown);
  tracer_.brain_asked(id_);
  state_ = State::kThinking;
  deadline_ = now + limits_.brain_patience;
  round_text_.clear();
  calls_.clear();
  request_.tools = tools_.tools();
  // Callbacks of an earlier round find another stream; those of a cancelled turn find it over.
  const auto guarded = [weak = weak_from_this(), round = ++rounds_](auto method) {
    return [weak, round, method](auto&&... arguments) {
      const auto self = weak.lock();
      if (!self || self->state_ != State::kThinking || self->rounds_ != round) return;
      self->deadline_ = self->now_ + self->limits_.brain_patience;
      std::invoke(method, *self, std::forward<decltype(arguments)>(arguments)...);
    };
  };
  LlmCallbacks callbacks;
  callbacks.on_text = guarded(&Turn::on_text);
  callbacks.on_emotion = guarded(&Turn::on_emotion);
  callbacks.on_tool_call = guarded(&Turn::on_tool_call);
  callbacks.on_done = guarded(&Turn::on_brain_done);
  callbacks.on_alive = guarded([](Turn&) {});
  callbacks.on_usage = [weak = weak_from_this()](LlmUsage usage) {
    const auto self = weak.lock();
    if (!self) return;
    self->usage_.prompt_tokens += usage.prompt_tokens;
    self->usage_.completion_tokens += usage.completion_tokens;
    self->tracer_.tokens(self->id_, usage);
  };
  callbacks.on_provider = [weak = weak_from_this()](const ProviderNote& served) {
    if (const auto self = weak.lock()) self->tracer_.provider(self->id_, TurnStage::kLlm, served);
  };
  // The stream before may be inside its own callback: it dies when that has returned.
  if (stream_) asio::post(executor_, [stream = std::move(stream_)] {});
  LlmRequest request = request_;
  std::ranges::copy(reply_.messages(), std::back_inserter(request.dialogue));
  if (repeats_) {
    std::string text;
    for (std::size_t i = reply_.sentence_count(); i < said_.size(); ++i) append_sentence(text, said_[i]);
    if (!text.empty()) {
      request.dialogue.push_back(message_of(Message::Role::kAssistant, std::move(text)));
      request.dialogue.push_back(message_of(Message::Role::kSystem, kGoOn));
    }
  }
  request.dialogue = fit_dialogue(std::move(request.dialogue), limits_.dialogue_tokens);
  choose_tools(request, rounds_ > 1);
  stream_ = brain_.chat(std::move(request), executor_, std::move(callbacks));
}

void Turn::on_emotion(const std::string& emotion) {
  if (emotion.empty() || emotion.size() > kMaxEmotionBytes) return;
  if (emotion != face_) handlers_.on_emotion(emotion);
  face_ = emotion;
  if (std::exchange(speech_started_, true)) return;
  handlers_.on_speech_start();
}

void Turn::on_text(const std::string& delta) {
  if (reply_.sentence_count() == 0) tracer_.mark(id_, TurnMark::kFirstToken);  // else a filler came first
  say_piece(text_.add(delta));
  if (!text_.full()) return;
  stream_->cancel();
  end_round();
}

void Turn::on_tool_call(ToolCall call) {
  tracer_.mark(id_, TurnMark::kFirstToken);
  start_speech();
  if (calls_.size() < limits_.calls_per_round) calls_.push_back(std::move(call));
}

void Turn::on_brain_done(const Status& status) {
  tracer_.mark(id_, TurnMark::kBrainDone);
  if (!status) tracer_.fail(id_, TurnStage::kLlm, status.error().code);
  const bool goes_round_in_circles = !calls_.empty() && rounds_ > limits_.tool_rounds;
  if (!status || goes_round_in_circles) return apologise(Apology::kNoAnswer);
  end_round();
}

void Turn::end_round() {
  say_piece(text_.flush());
  if (calls_.empty()) take_over_said();
  reply_.end_round(round_text_, calls_);
  if (calls_.empty()) return finish();
  if (!speculative_) return run_calls();
  state_ = State::kHeld;
}

void Turn::run_calls() {
  state_ = State::kCallingTools;
  calling_since_ = now_;
  for (const ToolCall& call : calls_) tracer_.tool_started(id_, call.id, call.name);
  tools_.run(calls_, now_, [weak = weak_from_this()](std::vector<ToolOutcome> outcomes) {
    if (const auto self = weak.lock()) self->on_tool_answers(std::move(outcomes));
  });
  asio::post(executor_, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->state_ == State::kCallingTools) self->tools_.poll();
  });
}

void Turn::on_tool_answers(std::vector<ToolOutcome> outcomes) {
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const Result<std::string>& text = outcomes[i].text;
    // The brain reads it in this round or a later turn; only the user gets it without marks.
    const bool foreign = text.ok() && outcomes[i].speak;
    std::string for_brain = text.ok() ? *text : text.error().message;
    if (foreign) for_brain = as_foreign_text(calls_[i].name, for_brain);
    tracer_.tool_done(id_, calls_[i].id, text.ok());
    end_session_ = end_session_ || outcomes[i].end_session;
    reply_.add_answer({.role = Message::Role::kTool,
                       .text = std::move(for_brain),
                       .tool_calls = {},
                       .tool_call_id = calls_[i].id,
                       .is_error = !text.ok()});
  }
  if (handlers_.on_progress) handlers_.on_progress();
  if (const std::string said = spoken_as_it_is(outcomes); !said.empty())
    return say_only({.text = said, .emotion = "neutral", .in_sentences = true});
  think(now_);
}

// Who hears nothing for long thinks that nobody listened.
void Turn::say_filler() {
  const std::string text = filler_text(request_.language);
  reply_.add_filler();
  tracer_.sentence(id_);
  voice_.say(text, spoken_language(text, request_.language), now_);
}

// A reply that begins with an emoji sets the face with it, before the device hears of speech.
void Turn::say_piece(ReplyText::Piece piece) {
  if (!piece.emotion.empty()) on_emotion(piece.emotion);
  if (!piece.text.empty()) start_speech();
  round_text_ += piece.text;
  std::size_t at = 0;
  for (const auto& [from, feeling] : piece.feelings) {
    speak({piece.sentences.begin() + static_cast<std::ptrdiff_t>(at),
           piece.sentences.begin() + static_cast<std::ptrdiff_t>(from)});
    at = from;
    voice_.feel(feeling);
  }
  speak({piece.sentences.begin() + static_cast<std::ptrdiff_t>(at), piece.sentences.end()});
}

// The device shows a face before it hears of speech (device-protocol 6.3).
void Turn::start_speech() {
  if (!speech_started_) on_emotion("neutral");
}

void Turn::speak(std::vector<std::string> sentences) {
  for (std::string& sentence : sentences) {
    if (was_said(sentence)) continue;
    reply_.add_sentence(sentence);
    std::string language = spoken_language(sentence, request_.language);
    tracer_.sentence(id_);
    total_deadline_ = now_ + limits_.total_patience;
    voice_.say(std::move(sentence), std::move(language), now_);
  }
}

// RETURNS: whether the user has this sentence from another worker.
bool Turn::was_said(const std::string& sentence) {
  if (!repeats_) return false;
  const std::size_t next = reply_.sentence_count();
  if (next < said_.size() && said_[next] == sentence) {
    reply_.add_sentence(sentence);
    return true;
  }
  take_over_said();
  return false;
}

// The reply goes on in other words than before: what was said stays in front of them.
void Turn::take_over_said() {
  if (!std::exchange(repeats_, false)) return;
  std::string text;
  for (std::size_t i = reply_.sentence_count(); i < said_.size(); ++i) {
    append_sentence(text, said_[i]);
    reply_.add_sentence(std::move(said_[i]));
  }
  said_.clear();
  if (text.empty()) return;
  append_sentence(text, round_text_);
  round_text_ = std::move(text);
}

void Turn::apologise(Apology apology) {
  if (speculative_) {
    cancel();
    return handlers_.on_done({.reply = {}, .end_session = false, .apologised = true});
  }
  if (stream_) stream_->cancel();
  if (state_ == State::kThinking) say_whole_sentences();
  say_only({.text = apology_text(apology, request_.language), .emotion = "sad", .apology = true});
}

// What has come of a round that broke off. The calls it asked for are not made.
void Turn::say_whole_sentences() {
  ReplyText::Piece rest = text_.flush();
  std::erase_if(rest.sentences, [](const std::string& sentence) { return !ends_sentence(sentence); });
  speak(std::move(rest.sentences));
  reply_.end_broken_round();
}

void Turn::say_only(const FixedReply& reply) {
  apologised_ = apologised_ || reply.apology;
  end_session_ = end_session_ || reply.end_session;
  on_emotion(reply.emotion);
  if (reply.in_sentences) {
    ReplyText text(limits_.reply_bytes);
    speak(text.add(reply.text).sentences);
    speak(text.flush().sentences);
  } else {
    speak({reply.text});
  }
  reply_.end_round(reply.text, {});
  finish();
}

void Turn::finish() {
  state_ = State::kSpeaking;
  voice_.finish(now_);
  if (handlers_.on_progress) handlers_.on_progress();
  if (!voice_over_) return;
  asio::post(executor_, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->state_ == State::kSpeaking) self->complete();
  });
}

void Turn::complete() {
  state_ = State::kOver;
  handlers_.on_done({.reply = std::move(reply_), .end_session = end_session_, .apologised = apologised_});
}

}  // namespace earshot::worker
