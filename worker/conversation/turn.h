// One turn: what the user said in; thinking, tools and a spoken reply out. Cancelled as one.
//
// Runs on: the conversation's executor.
// Borrows: brain, tools, voice and tracer, which outlive it; it alone uses tools and voice until it is over.
// Lifecycle: made -> answer() or say() -> ... -> on_done, or cancel().
//
// kWaitingForTools -> kThinking <-> kCallingTools -> kSpeaking -> kOver. Each state ends by itself: the list
// of tools and the brain have a deadline here, tools and voice have their own. A reply may be written slowly:
// whatever shows that the brain lives (a word, a thought, a piece of a call) renews its patience, and the total
// counts from the latest sentence.
//
// A brain that breaks off: the whole sentences that have come are said, then the apology; all of it stays in
// the record.
//
// A speculative turn thinks and speaks like any other, but calls no tool before confirm() (kHeld), and does
// not apologise: it ends with `apologised`, nothing said, and is asked again when the user has finished.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "worker/dialogue/apologies.h"
#include "worker/dialogue/reply_record.h"
#include "worker/dialogue/tool_box.h"
#include "worker/speaking/audio_output.h"
#include "worker/speaking/reply_text.h"
#include "worker/stages/llm.h"
#include "worker/trace/turn_tracer.h"

namespace earshot::worker {

struct TurnLimits {
  Milliseconds tool_list_patience{3000};  // a device that has just said hello may still be listing its tools
  Milliseconds brain_patience{15'000};    // without a sign of life
  Milliseconds total_patience{120'000};   // thinking and tools together, without a sentence to say
  Milliseconds filler_after{1500};  // of a tool, with nothing said yet in this turn: "one moment"; 0: never
  int tool_rounds = 5;
  std::size_t calls_per_round = 8;
  // Spoken in one turn: more than half an hour in any language. The brain is not listened to any longer.
  std::size_t reply_bytes = 64 * 1024;
  std::uint32_t dialogue_tokens = 3000;  // sent to the brain, as token_budget.h estimates
};

// What is said without asking the brain.
struct FixedReply {
  std::string text;
  std::string emotion;
  bool end_session = false;
  bool apology = false;
  bool in_sentences = false;  // long: each sentence is spoken for itself, so that it is known which was heard
};

struct TurnOutcome {
  ReplyRecord reply;
  bool end_session = false;
  bool apologised = false;
};

// What a turn had come to at another worker.
struct TurnSoFar {
  ReplyRecord reply;
  bool complete = false;          // the brain is through
  bool speech_started = false;    // SpeechStart has left
  std::vector<std::string> said;  // the sentences that were sent whole, in order
};

struct TurnHandlers {
  std::function<void(const std::string& emotion)> on_emotion;
  std::map<std::string, std::string> emotions = {};  // of the agent's character (character.h)
  // What is remembered that may help (Message::aside); nullopt: it is still looked up, and says when not any more.
  // Optional.
  std::function<std::optional<std::string>(SteadyTime)> remembered = nullptr;
  std::function<void()> on_speech_start;  // once, behind the first face: the turn will be answered
  // What another worker would need has grown: the sentences are complete, or calls were answered. Optional.
  std::function<void()> on_progress = nullptr;
  // The brain is through, and what the voice was given is said or failed.
  std::function<void(TurnOutcome)> on_done;
};

class Turn : public std::enable_shared_from_this<Turn> {
 public:
  Turn(TurnId id, TurnLimits limits, LlmProvider& brain, ToolBox& tools, AudioOutput& voice,
       TurnTracer& tracer, Executor executor, TurnHandlers handlers);

  // `request.tools` is filled in here, when the device's list is known.
  void answer(LlmRequest request, SteadyTime now);
  void speculate(LlmRequest request, SteadyTime now);  // answer(), but only confirm() makes it real
  void confirm(SteadyTime now);
  void say(FixedReply reply, std::string language, SteadyTime now);
  // Goes on where another worker was cut off: says what is missing. Without the brain's whole reply it is asked
  // again, and of the new one what was said already is left out.
  void go_on(LlmRequest request, TurnSoFar so_far, SteadyTime now);
  void end_session_after() { end_session_ = true; }  // whatever the brain says
  void on_tools_changed(SteadyTime now);
  void on_remembered(SteadyTime now) { on_tools_changed(now); }
  void on_voice_done();  // all is said, or the voice has failed and says nothing more in this turn
  void tick(SteadyTime now);
  void cancel();

  TurnId id() const { return id_; }
  const ReplyRecord& reply() const { return reply_; }  // so far
  const LlmUsage& usage() const { return usage_; }     // of all rounds, as far as the service told
  bool brain_is_through() const { return state_ == State::kSpeaking || state_ == State::kOver; }
  bool ends_session() const { return end_session_; }

 private:
  bool know_memory();
  enum class State { kMade, kWaitingForTools, kThinking, kHeld, kCallingTools, kSpeaking, kOver };

  void think(SteadyTime now);
  void on_emotion(const std::string& emotion);
  void on_text(const std::string& delta);
  void say_piece(ReplyText::Piece piece);
  void on_tool_call(ToolCall call);
  void on_brain_done(const Status& status);
  void end_round();
  void say_whole_sentences();
  void run_calls();
  void on_tool_answers(std::vector<ToolOutcome> outcomes);
  void say_filler();
  void start_speech();
  void speak(std::vector<std::string> sentences);
  bool was_said(const std::string& sentence);
  void take_over_said();
  void apologise(Apology apology);
  void say_only(const FixedReply& reply);
  void finish();
  void complete();

  TurnId id_;
  TurnLimits limits_;
  LlmProvider& brain_;
  ToolBox& tools_;
  AudioOutput& voice_;
  TurnTracer& tracer_;
  Executor executor_;
  TurnHandlers handlers_;

  State state_ = State::kMade;
  SteadyTime now_{};
  SteadyTime deadline_{};        // of the state
  SteadyTime total_deadline_{};  // of all before kSpeaking, since the latest sentence
  LlmRequest request_;
  ReplyRecord reply_;
  LlmUsage usage_;
  std::unique_ptr<LlmStream> stream_;
  std::string round_text_;
  std::vector<ToolCall> calls_;
  SteadyTime calling_since_{};
  int rounds_ = 0;
  ReplyText text_;
  std::string face_;               // the latest that was told
  std::vector<std::string> said_;  // by another worker, of a reply that is thought out again
  bool repeats_ = false;           // the new one has been the same so far
  bool speculative_ = false;
  bool speech_started_ = false;
  bool voice_over_ = false;
  bool end_session_ = false;
  bool apologised_ = false;
};

}  // namespace earshot::worker
