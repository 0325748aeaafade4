// How a conversation comes from one worker to another: what is told to the gateway while it goes on, and what is
// made of it there (docs/decisions/0013).
#include <algorithm>
#include <utility>

#include "common/log/log.h"
#include "worker/conversation/conversation.h"
#include "worker/conversation/downlink_messages.h"

namespace earshot::worker {

namespace {

constexpr Milliseconds kUplinkInterval{1000};  // how often silence is given up
constexpr Milliseconds kMoveInterval{500};     // how often a gateway is asked that had no other worker
constexpr std::size_t kMaxSaid = 4096;         // sentences of one reply
constexpr std::uint64_t kLongestPauseMs = 86'400'000;  // between sessions, as it is shown

// One that is not usable is told of, once: nothing of what it says is in the line.
ConversationState read_or_begin_anew(const ConversationServices& services, const std::string& session,
                                     const std::string& checkpoint) {
  auto read = read_checkpoint(as_bytes(checkpoint));
  if (read) return std::move(*read);
  services.counters.add(ConversationEvent::kCheckpointRefused);
  log::logger("conversation")
      .warn("begins anew session={} why=\"{}\"", json::clean_text(session, 64), read.error().message);
  return {};
}

}  // namespace

Result<std::shared_ptr<Conversation>> Conversation::create_from_request(const ConversationConfig& config,
                                                                        const ConversationServices& services,
                                                                        const ipc::SessionOpen& open,
                                                                        ConversationSink sink) {
  ConversationState from;
  bool resumed = false;
  if (!open.checkpoint().empty()) {
    from = read_or_begin_anew(services, open.session_id(), open.checkpoint());
  } else if (!open.earlier().empty()) {
    from = as_history(read_or_begin_anew(services, open.session_id(), open.earlier()));
    resumed = !from.dialogue.empty() || from.reply;
  }
  auto made = create(config, services, open, std::move(sink), from);
  if (!made || !resumed) return made;
  services.counters.add(ConversationEvent::kResumed);
  (*made)->tracer_.resumed(Milliseconds(std::min<std::uint64_t>(open.earlier_ms_ago(), kLongestPauseMs)));
  return made;
}

std::optional<ReplyUnderWay> Conversation::reply_under_way() const {
  const auto speaking = floor_.speaking();
  if (!turn_ && !speaking) return std::nullopt;
  ReplyUnderWay reply;
  reply.turn = turn_ ? turn_->id() : *speaking;
  reply.source = source_;
  reply.heard = speaking ? sentence_heard_ : 0;
  reply.say_id = says_.spoken_by(reply.turn);
  reply.tells_late = telling_late_ && reply.heard == 0;
  if (turn_) {
    const auto& held = held_.outcome();
    reply.remembered = user_words_.has_value();
    reply.understood = understood_;
    reply.words = user_words_.value_or("");
    reply.record = held ? held->reply : turn_->reply();
    reply.complete = held || turn_->brain_is_through();
    reply.end_session = held ? held->end_session : turn_->ends_session();
    return reply;
  }
  reply.complete = true;
  reply.all_sent = true;
  if (auto latest = history_.latest(*speaking)) {
    reply.remembered = true;
    reply.words = std::move(latest->words);
    reply.record = std::move(latest->reply);
  }
  return reply;
}

// The gateway tells what it has of the newest turn: it may be more than the checkpoint knows, never less.
void Conversation::take_over(const ipc::Moved& moved, std::optional<ReplyUnderWay> reply) {
  count(ConversationEvent::kTakenOver);
  const TurnId spoken{moved.turn()};
  const bool cut = moved.speech() == ipc::Moved::kOpen;
  last_turn_ = std::max(last_turn_, spoken);
  if (!reply || reply->turn < spoken) {
    if (reply) remember(*reply, reply->heard);
    if (cut) send(downlink::speech_end(spoken));  // nobody knows what it was going to say
    return;
  }
  last_turn_ = std::max(last_turn_, reply->turn);
  const bool begun = reply->turn == spoken && moved.speech() != ipc::Moved::kNone;
  if (begun) reply->heard = std::max(reply->heard, moved.heard());
  if (begun && moved.speech() == ipc::Moved::kOver) {
    remember(*reply, reply->heard);
    // The gateway says it again, because nobody told it.
    if (reply->heard > 0 && !reply->say_id.empty()) {
      says_.go_on(reply->turn, reply->say_id);
      tell_spoken(reply->say_id, ipc::SaySpoken::kHeard, {});
    }
    return;
  }

  std::vector<std::string> said(moved.said().begin(), moved.said().end());
  said.resize(begun ? std::min<std::size_t>(moved.sentences(), kMaxSaid) : 0);
  if (begun && moved.speech() == ipc::Moved::kEnded) {
    if (reply->record.sentence_count() < said.size()) {
      reply->record = {};
      for (std::string& sentence : said) reply->record.add_sentence(std::move(sentence));
      reply->record.end_broken_round();
    }
    return resume_playing(std::move(*reply));
  }
  const bool asks_again = !reply->words.empty() || !reply->understood;
  if (reply->complete || asks_again) return resume_turn(std::move(*reply), std::move(said), begun);
  // A turn of our own that was not thought out: what it was about waits still, as far as nobody heard it.
  remember(*reply, reply->heard);
  if (cut) send(downlink::speech_end(spoken));
}

void Conversation::remember(const ReplyUnderWay& reply, std::uint32_t heard) {
  if (reply.remembered) history_.add_interrupted(reply.turn, reply.words, reply.record, heard);
}

void Conversation::resume_turn(ReplyUnderWay reply, std::vector<std::string> said, bool begun) {
  if (!reply.say_id.empty()) says_.go_on(reply.turn, reply.say_id);
  if (reply.tells_late && tools_.has_late_result()) telling_late_ = tools_.take_late_result();
  begin_turn(make_turn(reply.turn, reply.source), reply.source, reply.words);
  LlmRequest request;
  request.language = persona_.language();
  if (!reply.complete) request = request_for(reply.understood ? reply.words : "", reply.understood);
  user_words_ = reply.remembered ? std::optional(reply.words) : std::nullopt;
  understood_ = reply.understood;
  if (begun) tell_begun(reply, said);
  const auto turn = turn_;
  if (reply.end_session) turn->end_session_after();
  turn->go_on(std::move(request),
              {.reply = std::move(reply.record),
               .complete = reply.complete,
               .speech_started = begun,
               .said = std::move(said)},
              now());
}

void Conversation::resume_playing(ReplyUnderWay reply) {
  if (!reply.say_id.empty()) says_.go_on(reply.turn, reply.say_id);
  tracer_.begin(reply.turn, reply.source);
  journal_.begin(reply.turn, reply.source, reply.words, services_.clock.wall());
  source_ = reply.source;
  if (floor_.turn_began(reply.turn)) mute();
  tell_begun(reply, reply.record.sentences());
  (void)floor_.turn_done(false);  // the gateway has its end
  tracer_.settle(reply.turn, false);
  answered_ = reply.turn;
  if (reply.remembered) history_.add(reply.turn, reply.words, std::move(reply.record));
}

// What the worker before has sent of the reply.
void Conversation::tell_begun(const ReplyUnderWay& reply, const std::vector<std::string>& said) {
  if (floor_.speech_started()) mute();
  ear_->reply_begins(now());
  sentence_heard_ = reply.heard;
  journal_.leaves(downlink::speech_start(reply.turn));
  std::uint32_t number = 0;
  for (const std::string& sentence : said)
    journal_.leaves(downlink::sentence_start(reply.turn, ++number, sentence));
}

// Somebody who goes on speaking has begun another utterance.
void Conversation::settle_utterance() {
  uplink_.settle();
  if (ear_->in_utterance()) uplink_.speech_began();
}

void Conversation::save() {
  if (!keeps_checkpoint_ || !open_ || floor_.parting()) return;
  const auto at = uplink_.settled(floor_.hears());
  if (!at) return;  // until what is said now is decided, the checkpoint before counts
  const bool leaves = leaving_ && !busy() && now() - asked_to_move_ >= kMoveInterval;
  if (checkpoint_due_ || leaves) return send_checkpoint(leaves);
  if (!floor_.hears() || uplink_.in_utterance() || !uplink_.is_saved()) return;
  if (now() - told_uplink_ < kUplinkInterval) return;
  told_uplink_ = now();
  send(downlink::uplink_heard(*at));
}

void Conversation::send_checkpoint(bool leaves) {
  const std::uint64_t at = *uplink_.settled(floor_.hears());
  ConversationState known = state();
  known.tools.reset();  // the gateway knows them better than any worker
  ipc::Envelope envelope;
  ipc::SessionCheckpoint& checkpoint = *envelope.mutable_session_checkpoint();
  checkpoint.set_state(write_checkpoint(known));
  checkpoint.set_uplink(at);
  checkpoint.set_tool_requests(tools_.settled_requests());
  checkpoint.set_answered(number(answered_));
  checkpoint.set_leaves(leaves);
  checkpoint_due_ = false;
  uplink_.saved(at);
  told_uplink_ = now();
  if (leaves) asked_to_move_ = now();
  send(std::move(envelope));
}

}  // namespace earshot::worker
