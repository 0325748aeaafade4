// One session at the worker, SessionOpen to SessionClose: listens, answers, and lets itself be interrupted.
//
// Runs on: the executor given at creation.
// Owns: ear, voice, tools and the turn that goes on.
// Borrows: the services, which outlive it. Kept alive by whoever holds it; close() before letting go.
// Lifecycle: created -> start() -> on_envelope()/tick() -> close().
//
// Who may speak is asked of Floor (floor.h); here is done what it says. What the device hears and shows of a
// turn has one order (device-protocol 6.3): Stt, Emotion, SpeechStart, SentenceStart and audio, SpeechEnd. A
// turn that has failed is said or shown and ends with SpeechEnd as well, so that the device always comes back
// to listening. Decisions:
//  - a wake word in `listen detect` is answered only with `greet_on_wake_word`, and then at the
//    `listen start` behind it. Of the audio in front of `listen start` only what came in real time is heard,
//    so the wake word's is not (EarlyAudio, trap 14);
//  - a text in `listen detect` that is no wake word is what the user says, unless audio came before it and no
//    `listen start`: then it is a wake word we do not know;
//  - who may be interrupting holds the reply up at once and ends it with words (interruption.h); without words
//    it goes on where it stopped;
//  - in auto mode the device is heard until the reply begins: who goes on speaking is answered for all he said;
//  - speech that was not understood is answered at most `nag_limit` times in a row (realtime: once), then
//    ignored until something is understood; push-to-talk is always answered.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "common/base/counters.h"
#include "common/base/ids.h"
#include "common/base/result.h"
#include "ipc.pb.h"
#include "worker/conversation/conversation_state.h"
#include "worker/conversation/floor.h"
#include "worker/conversation/held_output.h"
#include "worker/conversation/interruption.h"
#include "worker/conversation/pending_says.h"
#include "worker/conversation/speculation.h"
#include "worker/conversation/turn.h"
#include "worker/conversation/uplink_mark.h"
#include "worker/conversation/wake_call.h"
#include "worker/dialogue/dialogue_history.h"
#include "worker/dialogue/persona.h"
#include "worker/dialogue/tool_box.h"
#include "worker/hearing/audio_input.h"
#include "worker/memory/fact_learner.h"
#include "worker/memory/recollection.h"
#include "worker/speaking/audio_output.h"
#include "worker/stages/asr.h"
#include "worker/stages/llm.h"
#include "worker/stages/tts.h"
#include "worker/stages/vad.h"
#include "worker/trace/turn_journal.h"
#include "worker/trace/turn_tracer.h"

namespace earshot::worker {

// How a caller is treated who is no device (call_terms.h).
struct CallManners {
  bool answers = true;        // without being asked to
  bool interruptible = true;  // by the user's speech
  bool silent = false;        // replies are text
  std::string voice = {};     // of the replies; empty: the agent's
  double speed = 1;           // of the replies
  LlmWish wish = {};
};

struct ConversationConfig {
  EndpointerConfig endpoint;
  Milliseconds silence_min{400};
  Milliseconds silence_max{1000};
  Milliseconds barge_in_speech{60};                                                   // holds the reply up
  InterruptionPolicy interruption;                                                    // what ends it
  std::shared_ptr<RecogniserLag> recogniser_lag = std::make_shared<RecogniserLag>();  // set
  Milliseconds asr_patience{8000};  // from the end of speech to the transcript
  Milliseconds tts_patience{8000};  // without any audio
  ToolLimits tools;
  TurnLimits turn;
  Agent agent;
  std::string default_language = "en-US";  // when neither agent nor device names one
  bool greet_on_wake_word = false;
  int nag_limit = 3;
  // A device that listens and hears nobody for so long is told goodbye; 0: never. The gateway's own limit
  // (session.idle_timeout_ms) is longer and silent.
  Milliseconds idle_farewell{50'000};
  std::optional<CallManners> call;  // nullopt: of a device
};

enum class ConversationEvent {
  kTurn,
  kBargeIn,
  kBargeInWithoutWords,  // a reply was held up and went on
  kAbort,
  kNotUnderstood,
  kIgnoredSpeech,  // not understood, too often in a row
  kEmptyTranscript,
  kAsrFailed,
  kAsrLate,
  kTurnFailed,  // an apology was said
  kVoiceFailed,
  kTextTooLong,  // a `listen detect` text that was cut
  kUnexpected,   // an Envelope that no gateway sends to a session
  kSpeculation,  // a turn was begun in a pause
  kSpeculationUsed,
  kSpeculationDropped,  // the user went on, or had said something else
  kIdleFarewell,
  kLateResult,         // a turn of our own: a tool of an earlier one has answered
  kSay,                // a turn of our own: the gateway has asked for it
  kSayRefused,         // too many wait, or the session ends
  kSpeechTooLong,      // an utterance was cut by the longest that one may be
  kTakenOver,          // from another worker
  kCheckpointRefused,  // of another worker: the conversation begins anew
  kResumed,            // it goes on with the dialogue of an earlier session
  kCount
};
inline constexpr std::array<std::string_view, 24> kConversationEventNames = {
    "conversation_turn",
    "conversation_barge_in",
    "conversation_barge_in_without_words",
    "conversation_abort",
    "conversation_not_understood",
    "conversation_ignored_speech",
    "conversation_empty_transcript",
    "conversation_asr_failed",
    "conversation_asr_late",
    "conversation_turn_failed",
    "conversation_voice_failed",
    "conversation_text_too_long",
    "conversation_unexpected",
    "conversation_speculation",
    "conversation_speculation_used",
    "conversation_speculation_dropped",
    "conversation_idle_farewell",
    "conversation_late_result",
    "conversation_say",
    "conversation_say_refused",
    "conversation_speech_too_long",
    "conversation_taken_over",
    "conversation_checkpoint_refused",
    "conversation_resumed"};
using ConversationCounters = Counters<ConversationEvent, kConversationEventNames>;

// Shared by all conversations of a worker.
struct ConversationServices {
  VadProvider& vad;
  AsrProvider& asr;
  LlmProvider& brain;
  TtsProvider& tts;
  const BuiltinTools& tools;
  const Clock& clock;
  ConversationCounters& counters;
  Executor executor;                                 // of every conversation
  std::function<Executor()> make_strand;             // of the DSP pool: one handler at a time
  TurnSink on_turn_ended = nullptr;                  // once a turn, however it ended; optional
  EchoCancellerMaker make_echo_canceller = nullptr;  // for devices that leave their echo to us; optional
  ToolSource* outside_tools = nullptr;               // of servers and of the web; optional
  std::shared_ptr<const void> keep = {};  // whatever of the above lives as long as the conversation
};

// The way back to the gateway. `session` is filled in by the link. Not called from inside Conversation's
// methods only: also when a stage reports.
struct ConversationSink {
  std::function<void(ipc::Envelope)> send;
  std::function<void(ipc::Envelope)> send_audio;
};

// Seconds east of Greenwich where the devices are (`timezone` of the configuration).
std::int32_t local_offset(std::int64_t unix_seconds);

class Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  // kInvalid: audio formats that Opus or the device protocol does not have.
  // `config` outlives the conversation. `from`: what another worker's knew, which this one goes on with; a reply in
  // it is spoken to its end if the request says that the session was moved, else it is remembered as far as heard.
  static Result<std::shared_ptr<Conversation>> create(const ConversationConfig& config,
                                                      const ConversationServices& services,
                                                      const ipc::SessionOpen& open, ConversationSink sink,
                                                      const ConversationState& from = {});
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  // The same, from the checkpoint in the request, or with the dialogue of an earlier session. One that is not usable is
  // counted, and the conversation is new.
  static Result<std::shared_ptr<Conversation>> create_from_request(const ConversationConfig& config,
                                                                   const ConversationServices& services,
                                                                   const ipc::SessionOpen& open,
                                                                   ConversationSink sink);
  // Asks the device for its tools, if they are not known; hears it, if it listens already. Call when SessionOpened
  // has been sent.
  void start();
  void on_envelope(const ipc::Envelope& envelope);
  void tick();
  // `moved`: another worker goes on with it, and reports of what is under way.
  void close(bool moved = false);
  // The worker stops: the gateway is asked to move the session as soon as nobody waits for an answer. A call ends then,
  // and goes on with another worker.
  void leave() { leaving_ = true; }

  bool moves() const { return keeps_checkpoint_; }  // the gateway can give it to another worker
  bool busy() const { return speculation_.has_value() || floor_.awaited(); }  // someone waits for an answer
  const std::string& session_id() const { return session_id_; }
  ConversationState state() const;  // as it is now. Cost: copies the dialogue

 private:
  Conversation(const ConversationConfig& config, const ConversationServices& services,
               const ipc::SessionOpen& open, ConversationSink sink, const ConversationState& from);
  Status build_stages(const ipc::SessionOpen& open, const HearingEstimate& learnt);

  void on_listen(const ipc::Listen& listen);
  void on_listen_start(ListenMode mode);
  void on_listen_stop();
  void on_detect(const std::string& text);
  void on_abort();
  void on_device_mcp(const ipc::McpUp& mcp);
  void on_playout(const ipc::PlayoutReport& report);
  void on_playout_over(TurnId turn, bool finished);

  void on_barge_in(UtteranceId id);
  void on_pause(UtteranceId id, const std::string& words);
  void on_utterance_end(UtteranceId id, UtteranceEnd end);
  void on_transcript(UtteranceId id, Result<Transcript> transcript);
  void take_words(UtteranceId id, const Result<Transcript>& transcript);
  void on_not_understood();
  void tell_user_speaks();
  void listen_on();

  std::shared_ptr<Turn> make_turn(TurnSource source);
  std::shared_ptr<Turn> make_turn(TurnId id, TurnSource source);
  void begin_turn(std::shared_ptr<Turn> turn, TurnSource source, std::string user_text);
  void mute();
  LlmRequest request_for(const std::optional<std::string>& text, bool understood);
  void answer(const std::string& shown, const std::string& text, bool understood, TurnSource source);
  bool confirm_speculation(UtteranceId id, const std::string& text);
  void drop_speculation();
  std::shared_ptr<Turn> working_turn() const { return speculation_ ? speculation_->turn() : turn_; }
  // An utterance over a reply, or over the wait for one.
  bool ends_reply(const std::string& words) const;
  void be_interrupted();
  void go_on_speaking();
  void resume_playout();
  void let_out_held();
  bool is_speculative(TurnId turn) const { return speculation_ && speculation_->turn()->id() == turn; }
  // Everything that a turn shows and says leaves through these two.
  void emit(TurnId turn, ipc::Envelope envelope);
  void release(ipc::Envelope envelope);
  void apologise(Apology apology);
  void greet(const std::string& wake_word);
  void say(FixedReply reply, TurnSource source, std::string user_text = {});
  void say_goodbye(const std::string& shown, TurnSource source);
  void part_when_idle();
  void tell_late_result();
  void on_memory(const ipc::MemoryDown& known);
  void recall(const std::string& words);
  std::optional<std::string> remembered(SteadyTime at) const;
  void forget_turns();
  void remember(const TurnRecord& record);
  std::int64_t wall_ms() const;
  void tell_user_speech(ipc::UserSpeech::Event event, UtteranceId id, const std::string& words = {});
  bool begin_call_speech(UtteranceId id);
  bool keep_call_words(UtteranceId id, const Result<Transcript>& transcript);
  void remember_words(const std::string& words);
  void forget_call_speech();
  void on_call_dialogue(const ipc::CallDialogue& said);
  void on_respond(const ipc::Respond& wanted);
  void respond_if_due();
  void leave_call();
  void tell_turn_over(const Turn& turn, ipc::TurnOver::How how);
  void on_notebook(const ipc::Notebook& notebook);
  void on_say(const ipc::Say& say);
  void speak_next();
  void refuse_says(const std::string& why);
  void tell_spoken(const std::string& id, ipc::SaySpoken::Outcome outcome, const std::string& why);
  void on_record(TurnRecord record);
  void cancel_turn(bool flush, TurnEnd how);
  void remember_heard(DialogueHistory& history) const;
  void on_turn_done(TurnId id, TurnOutcome outcome);
  void on_voice_done(TurnId turn, const Status& status);

  std::optional<ReplyUnderWay> reply_under_way() const;
  void take_over(const ipc::Moved& moved, std::optional<ReplyUnderWay> reply);
  void remember(const ReplyUnderWay& reply, std::uint32_t heard);
  void resume_turn(ReplyUnderWay reply, std::vector<std::string> said, bool begun);
  void resume_playing(ReplyUnderWay reply);
  void tell_begun(const ReplyUnderWay& reply, const std::vector<std::string>& said);
  void settle_utterance();
  void save();
  void send_checkpoint(bool leaves);

  void send(ipc::Envelope envelope) { sink_.send(std::move(envelope)); }
  void count(ConversationEvent event) { services_.counters.add(event); }
  SteadyTime now() const { return services_.clock.now(); }

  const ConversationConfig& config_;
  ConversationServices services_;
  ConversationSink sink_;
  std::string session_id_;
  std::string device_id_;
  Persona persona_;
  bool device_mcp_;
  bool device_leaves_echo_;  // features.aec

  bool report_text_;
  TurnJournal journal_;
  TurnTracer tracer_;
  Recollection memory_;
  FactLearner learner_;
  TurnId forgotten_until_{};  // turns up to this one are not remembered
  ToolBox tools_;
  std::shared_ptr<AudioInput> ear_;
  std::shared_ptr<AudioOutput> voice_;

  bool open_ = true;
  bool keeps_checkpoint_;
  bool leaving_ = false;
  std::optional<ipc::Moved> moved_;          // until start()
  std::optional<ReplyUnderWay> taken_over_;  // likewise
  UplinkMark uplink_;
  TurnId answered_{};  // the latest turn that said all it had to
  bool checkpoint_due_ = false;
  SteadyTime told_uplink_{};  // to the gateway
  SteadyTime asked_to_move_{};
  Floor floor_;
  WakeCall wake_call_;
  std::optional<std::pair<UtteranceId, Result<Transcript>>> kept_transcript_;  // until the key is released
  Milliseconds speech_heard_{0};   // of the utterance whose transcript comes next; 0: not known
  SteadyTime told_user_speaks_{};  // to the gateway
  HeldOutput held_;                // of a turn that is held up before anything of it has left

  PendingSays says_;
  std::optional<LateResult> telling_late_;  // by the latest turn, until some of it was heard

  // Of a call.
  std::optional<ipc::Respond> respond_due_;  // until what the user said is understood
  SteadyTime respond_by_{};
  std::uint32_t respond_tag_ = 0;  // of the turn that begins next
  bool awaits_words_ = false;      // the key is up, and what was said is not known yet

  TurnId last_turn_{};
  std::shared_ptr<Turn> turn_;
  std::optional<Speculation> speculation_;   // beside no other turn
  TurnSource source_ = TurnSource::kServer;  // of the latest turn
  bool understood_ = true;                   // what it answers
  std::optional<std::string> user_words_;    // that the turn answers; nullopt: it is not remembered
  std::uint32_t sentence_heard_ = 0;         // of what speaks, as the gateway reports
  DialogueHistory history_;
};

}  // namespace earshot::worker
