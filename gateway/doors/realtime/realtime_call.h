// A client's Realtime session (docs/protocol_realtime.md): its events in, a worker's conversation behind it. The state
// machine between both; it knows neither socket nor time.
//
//   worker:   none -> begin_call() -> asked -> placed() -> talking; lost, given up, ended by it -> none
//
// A worker is asked for when there is something for it to do. One that is lost is replaced at the next such moment:
// the new one is told what was said. Settings that change reach the worker when no reply and no speech goes on.
//
// Runs on: the shard's thread.
// Owns: settings, items, the response that goes on, sound on its way up.
// Borrows: port and host, which outlive it.
// Bounded: as items, settings and uplink are.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/doors/calls/call_tools.h"
#include "gateway/doors/calls/call_worker.h"
#include "gateway/doors/calls/client_call.h"
#include "gateway/doors/realtime/realtime_events.h"
#include "gateway/doors/realtime/realtime_items.h"
#include "gateway/doors/realtime/realtime_response.h"
#include "gateway/doors/realtime/realtime_settings.h"

namespace earshot::gateway {

struct RealtimeTerms {
  std::string caller;  // who calls, for the worker's log: no key
  std::string model;   // the agent; empty: the usual one
  RealtimeDialect dialect = RealtimeDialect::kUndecided;
  bool transcribes_only = false;
  json::object session = {};  // what an ephemeral key was made with
  std::int64_t expires_at_s = 0;
  std::uint64_t seed = 0;
};

class RealtimeCall final : public ClientCall {
 public:
  // Of one event of a client; a minute of PCM in base64.
  static constexpr std::size_t kMaxEventBytes = 4 * 1024 * 1024;
  // OpenAI takes 15 MiB in an append: clients that keep to that are told of our limit, and go on.
  static constexpr std::size_t kMaxRefusedBytes =
      21 * 1024 * 1024;  // 15 MiB in base64, and what is around it

  RealtimeCall(CallPort& port, CallHost& host, const RealtimeTerms& terms, SteadyTime now);
  ~RealtimeCall() override { leave("the caller has gone"); }
  RealtimeCall(const RealtimeCall&) = delete;
  RealtimeCall& operator=(const RealtimeCall&) = delete;

  void begin() override;  // session.created
  void client_says(std::string_view text, SteadyTime now) override;
  void client_says_too_much() override;
  void expire() override;  // session_expired is told
  void leave(std::string_view reason) override;

  void placed(SteadyTime now) override;
  void given_up(SteadyTime now) override;
  void lost(SteadyTime now) override;
  void envelope(const ipc::Envelope& envelope, SteadyTime now) override;
  void audio(const ipc::AudioDownView& audio, SteadyTime now) override;
  void tick(SteadyTime now) override;
  std::optional<SteadyTime> next_deadline() const override;

 private:
  // A function call that the client has not answered, and what it answered.
  struct Waiting {
    std::uint32_t turn = 0;
    std::int64_t id = 0;  // of the worker's question
    std::string call_id;
    std::optional<std::string> output = std::nullopt;
  };
  // Speech of which the words are to come.
  struct Committed {
    std::string item;
    std::uint64_t ms = 0;
    std::uint32_t utterance = 0;  // 0: push-to-talk, which has one at a time
  };
  // What the detector hears now.
  struct Speech {
    std::uint32_t utterance = 0;
    std::string item;
    std::uint64_t start_ms = 0;
  };
  using Wrong = std::optional<RealtimeError>;

  // The client's events (realtime_call_client.cc).
  Wrong handle(std::string_view type, const json::object& event, SteadyTime now);
  Wrong on_session_update(const json::object& event, SteadyTime now);
  Wrong on_append(const json::object& event, SteadyTime now);
  Wrong on_commit(SteadyTime now);
  void on_clear(SteadyTime now);
  Wrong on_item_create(const json::object& event, SteadyTime now);
  Wrong on_item_retrieve(const json::object& event);
  Wrong on_item_delete(const json::object& event, SteadyTime now);
  Wrong on_item_truncate(const json::object& event, SteadyTime now);
  Wrong on_response_create(const json::object& event, SteadyTime now);
  Wrong on_response_cancel(const json::object& event, SteadyTime now);
  Wrong read_wish(const json::object& wanted, ResponseWish& wish, ipc::Respond& respond);
  Wrong read_model_wish(const json::object& wanted, ipc::Respond& respond);
  Wrong read_input(const json::value& one, ipc::Respond& respond);
  void tell_item_added(const RealtimeItem& item);
  RealtimeItem* add_heard_item(const std::string& id);

  // The worker.
  void need_worker(SteadyTime now);
  void drop_worker();
  void update_worker_if_idle();
  void say_listening();
  void tell_dialogue();
  void ask(ipc::Envelope respond, SteadyTime now);
  void stop_turn();
  void pump(SteadyTime now);
  void on_user_speech(const ipc::UserSpeech& speech);
  void on_speech_started(const ipc::UserSpeech& speech);
  void on_speech_stopped();
  void on_words(const ipc::UserSpeech& speech);
  void tell_transcript(const std::string& item, const ipc::UserSpeech& speech, std::uint64_t ms);
  void tell_lost_words(const Committed& committed);
  void on_turn_began(const ipc::TurnBegan& began);
  void on_turn_over(const ipc::TurnOver& over);
  void on_tool_question(const std::string& payload);
  void finish_response(RealtimeResponse::End end, RealtimeResponse::Usage usage = {},
                       std::string_view why = {});
  bool is_of_response(std::uint32_t turn) const { return response_ && turn != 0 && response_->turn == turn; }
  bool is_idle() const { return !response_ && !waiting_; }
  // No reply goes on, as far as the worker knows.
  bool worker_is_idle() const { return !waiting_ && !(response_ && (response_->turn != 0 || asked_)); }

  CallPort& port_;
  RealtimeEvents events_;
  RealtimeSettings settings_;
  std::string caller_;
  std::string session_id_;
  std::string conversation_id_;
  std::int64_t expires_at_s_;

  CallWorker worker_;
  std::string told_terms_;       // what the worker knows of the settings
  bool worker_answers_ = false;  // of itself, by those

  RealtimeItems items_;
  Bytes half_sample_;
  std::uint64_t committed_ms_ = 0;  // appended when the last commit, or clear, came
  bool key_down_ = false;           // push-to-talk: `listen start` is on its way
  std::deque<Committed> awaiting_words_;
  std::optional<Speech> speech_;
  std::optional<RealtimeResponse> response_;
  std::optional<Waiting> waiting_;
  bool asked_ = false;  // the worker was, for response_
  std::uint32_t last_tag_ = 0;
};

}  // namespace earshot::gateway
