// A client's Coze chat, or one of its siblings (docs/protocol_coze.md): its events in, a worker's conversation behind it. The state machine
// between both; it knows neither socket nor time.
//
// A worker is asked for when there is something for it to do. One that is lost is replaced at the next such moment:
// the new one is told what was said. Settings that change reach the worker when no reply and no speech goes on.
//
// Runs on: the shard's thread.
// Owns: settings, what was said, the reply that goes on, sound on its way up.
// Borrows: port and host, which outlive it.
// Bounded: as settings, dialogue, reply and uplink are; kMaxOpenTools; kMaxRecitals.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/doors/calls/call_worker.h"
#include "gateway/doors/calls/client_call.h"
#include "gateway/doors/coze/coze_dialogue.h"
#include "gateway/doors/coze/coze_events.h"
#include "gateway/doors/coze/coze_reply.h"
#include "gateway/doors/coze/coze_service.h"
#include "gateway/doors/coze/coze_settings.h"
#include "gateway/doors/coze/coze_sound.h"

namespace earshot::gateway {

struct CozeTerms {
  CozeService service = CozeService::kChat;
  std::string caller;  // who calls, for the worker's log: no key
  std::string agent;   // bot_id; empty: the usual one
  std::chrono::system_clock::time_point opened{};
  std::uint64_t seed = 0;
};

class CozeCall final : public ClientCall {
 public:
  // Of one event of a client; an append of the ESP client holds 64 KiB of sound at most.
  static constexpr std::size_t kMaxEventBytes = 1024 * 1024;
  static constexpr std::size_t kMaxTextBytes = 32 * 1024;  // of a message
  static constexpr std::size_t kMaxRecitalBytes =
      1023;  // of input_text.generate_audio, as the service has it
  static constexpr std::size_t kMaxSpeechBytes = 4 * 1024;  // of a text of the speech service: a Say
  static constexpr std::size_t kMaxOpenTools = 16;
  static constexpr std::size_t kMaxRecitals =
      8;  // that wait: as many as with a worker (worker/conversation/pending_says.h)

  CozeCall(CallPort& port, CallHost& host, const CozeTerms& terms, SteadyTime now);
  ~CozeCall() override { leave("the caller has gone"); }
  CozeCall(const CozeCall&) = delete;
  CozeCall& operator=(const CozeCall&) = delete;

  void begin() override;  // chat.created
  void client_says(std::string_view text, SteadyTime now) override;
  void expire() override;
  void leave(std::string_view reason) override { worker_.end(reason); }

  void placed(SteadyTime now) override;
  void given_up(SteadyTime now) override;
  void lost(SteadyTime now) override;
  void envelope(const ipc::Envelope& envelope, SteadyTime now) override;
  void audio(const ipc::AudioDownView& audio, SteadyTime now) override;
  void tick(SteadyTime now) override;
  std::optional<SteadyTime> next_deadline() const override;

 private:
  using Wrong = std::optional<CozeError>;
  // A function call that the client has not answered.
  struct OpenTool {
    std::int64_t id = 0;  // of the worker's question
    CozeReply::ToolCall call;
  };

  // The client's events (coze_call_client.cc).
  Wrong handle(std::string_view type, const json::object& data, SteadyTime now);
  Wrong handle_sound(std::string_view type, const json::object& data, SteadyTime now);
  Wrong handle_chat(std::string_view type, const json::object& data, SteadyTime now);
  Wrong handle_speech(std::string_view type, const json::object& data, SteadyTime now);
  Wrong on_update(const json::object& data, SteadyTime now);
  Wrong on_append(const json::object& data, SteadyTime now);
  Wrong on_complete();
  Wrong end_detected();
  void on_clear();
  Wrong on_message(const json::object& data, SteadyTime now);
  void on_conversation_clear();
  void on_cancel();
  Wrong on_tool_outputs(const json::object& data);
  Wrong on_generate_audio(const json::object& data, SteadyTime now);
  Wrong recite(std::string text, SteadyTime now);

  // The worker.
  void need_worker(SteadyTime now);
  void drop_worker(const CozeError& why);
  void tell_no_worker(int code, std::string_view why);
  void update_worker_if_idle();
  void say_listening();
  void tell_dialogue();
  void begin_reply(CozeReply::Kind kind);
  void ask(SteadyTime now);  // for the reply that was begun
  void interrupt(CozeReply::Cancelled why);
  void abort_worker();
  void release_key();
  void cut_recital();
  void on_recital_began(std::uint32_t turn);
  void drop_reply();
  void remember_reply();
  void pump(SteadyTime now);
  void on_user_speech(const ipc::UserSpeech& speech, SteadyTime now);
  void on_detected(const ipc::UserSpeech& speech, SteadyTime now);
  void on_pressed(const ipc::UserSpeech& speech, SteadyTime now);
  void on_words(const std::string& words, SteadyTime now);
  void on_turn_began(const ipc::TurnBegan& began);
  void on_turn_over(const ipc::TurnOver& over);
  void on_tool_question(const std::string& payload);
  CozePlace place() const { return {conversation_id(), section_id_, bot_}; }
  const std::string& conversation_id() const {
    return settings_.conversation_id.empty() ? own_conversation_id_ : settings_.conversation_id;
  }
  bool is_of_reply(std::uint32_t turn) const { return reply_ && turn != 0 && reply_->turn == turn; }
  bool is_idle() const {
    return !reply_ && tools_.empty() && !speech_ && !withheld_ && !key_down_ && awaited_ == 0;
  }
  // No reply goes on, as far as the worker knows.
  bool worker_is_idle() const {
    return tools_.empty() && !(reply_ && !reply_->is_finished() && (reply_->turn != 0 || asked_));
  }

  CallPort& port_;
  CozeService service_;
  CozeEvents events_;
  CozeSettings settings_;
  std::string caller_;
  std::string bot_;
  std::string session_id_;
  std::string own_conversation_id_;
  std::string section_id_;

  CallWorker worker_;
  std::string told_terms_;       // what the worker knows of the settings
  bool worker_answers_ = false;  // of itself, by those
  bool told_no_worker_ = false;  // once is enough
  CozeDialogue dialogue_;
  std::string text_to_speak_;  // of the speech service, not complete
  CozeSound sound_;
  bool had_sound_ = false;
  bool sound_to_complete_ = false;  // there was some since the last `complete`
  bool prologue_played_ = false;

  bool key_down_ = false;                // client_interrupt: `listen start` is on its way
  std::uint32_t awaited_ = 0;            // utterances that were completed and of which the words are to come
  std::optional<std::uint32_t> speech_;  // the utterance that the detector hears
  bool speech_stopped_ = false;          // and its end was told
  std::optional<std::uint32_t> withheld_;  // one that only a keyword makes an interruption
  DeltaPacing pacing_{std::nullopt};       // of all replies: the client has one buffer
  std::optional<CozeReply> reply_;
  std::string next_chat_id_;  // of the reply to the question that was told
  std::vector<OpenTool> tools_;
  bool asked_ = false;      // the worker was, for reply_
  bool words_due_ = false;  // the worker answers words of itself: its next own turn does
  std::deque<bool>
      recitals_due_;            // said to it and not begun: its next own turns; whether for the second time
  bool recited_again_ = false;  // so is the one that was begun last
  std::uint32_t last_tag_ = 0;
  SteadyTime now_;  // of the latest input
};

}  // namespace earshot::gateway
