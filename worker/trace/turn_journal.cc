#include "worker/trace/turn_journal.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "worker/stages/sentence_join.h"

namespace earshot::worker {

namespace {

std::size_t packets_in(Milliseconds length, Milliseconds frame) {
  return static_cast<std::size_t>(length / std::max(frame, Milliseconds(1)));
}

bool was_cut(TurnEnd end) {
  return end == TurnEnd::kBargedIn || end == TurnEnd::kAborted || end == TurnEnd::kReplaced;
}

template <class Packets>
std::vector<Bytes> first_of(Packets packets, std::size_t count) {
  const auto end =
      packets.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(count, packets.size()));
  return {std::make_move_iterator(packets.begin()), std::make_move_iterator(end)};
}

}  // namespace

void TurnJournal::audio_up(ByteView opus) {
  if (!config_.audio || opus.empty()) return;
  user_audio_.add(opus);
  while (user_audio_.bytes > kMaxAudioBytes ||
         user_audio_.packets.size() > packets_in(kMaxAudio, config_.uplink_frame)) {
    user_audio_.drop_oldest();
  }
}

void TurnJournal::begin(TurnId turn, TurnSource source, std::string user_text, WallClockTime wall) {
  if (open_.size() >= kMaxOpen) {
    Open oldest = std::move(open_.front());
    open_.pop_front();
    if (oldest.trace) sink_(record_of(std::move(oldest)));
  }
  Audio heard = std::exchange(user_audio_, {});
  Open& open = open_.emplace_back();
  open.turn = turn;
  open.started = wall;
  open.user_text = std::move(user_text);
  if (source == TurnSource::kSpeech) open.user_audio = std::move(heard);
}

void TurnJournal::leaves(const ipc::Envelope& envelope) {
  if (envelope.has_speech_start()) {
    if (Open* open = find(envelope.speech_start().turn())) open->speaks = true;
  } else if (envelope.has_sentence_start()) {
    const ipc::SentenceStart& start = envelope.sentence_start();
    Open* open = find(start.turn());
    if (open == nullptr || start.sentence() == 0) return;
    if (start.sentence() <= open->sentences.size() + 1) {
      open->sentences.resize(std::max<std::size_t>(open->sentences.size(), start.sentence()));
      open->sentences[start.sentence() - 1] = start.text();
    }
  } else if (config_.audio && envelope.has_audio_down()) {
    Open* open = find(envelope.audio_down().turn());
    if (open == nullptr) return;
    const ByteView opus = as_bytes(envelope.audio_down().opus());
    const bool room = open->reply_audio.bytes + opus.size() <= kMaxAudioBytes &&
                      open->reply_audio.packets.size() < packets_in(kMaxAudio, config_.downlink_frame);
    if (room) open->reply_audio.add(opus);
  }
}

void TurnJournal::playout(const ipc::PlayoutReport& report) {
  Open* open = find(report.turn());
  if (open == nullptr || open->playout_over) return;
  open->sentence_heard = std::max(open->sentence_heard, report.sentence());
  open->frames_heard = std::max(open->frames_heard, report.frames_played());
  open->finished = report.event() == ipc::PlayoutReport::kFinished;
  open->playout_over = open->finished || report.event() == ipc::PlayoutReport::kFlushed;
  if (open->playout_over && open->trace) give_settled({});
}

void TurnJournal::ended(const TurnTrace& trace, SteadyTime now) {
  Open* open = find(trace.turn);
  if (open == nullptr) return;
  open->trace = trace;
  open->wait_until = open->speaks && !open->playout_over && was_cut(trace.end) ? now + kPatience : now;
  give_settled(now);
}

void TurnJournal::tick(SteadyTime now) {
  if (!open_.empty()) give_settled(now);
}

void TurnJournal::close() {
  give_settled(SteadyTime::max());
}

TurnJournal::Open* TurnJournal::find(std::uint32_t turn) {
  const auto it = std::ranges::find_if(open_, [&](const Open& open) { return number(open.turn) == turn; });
  return it == open_.end() ? nullptr : &*it;
}

void TurnJournal::give_settled(SteadyTime now) {
  for (auto it = open_.begin(); it != open_.end();) {
    if (!it->trace || (!it->playout_over && now < it->wait_until)) {
      ++it;
      continue;
    }
    Open settled = std::move(*it);
    it = open_.erase(it);
    sink_(record_of(std::move(settled)));
  }
}

TurnRecord TurnJournal::record_of(Open open) const {
  TurnRecord record;
  record.trace = std::move(*open.trace);
  record.started = open.started;
  record.user_text = std::move(open.user_text);
  record.heard_whole = open.finished;
  const std::size_t heard = std::min<std::size_t>(open.sentence_heard, open.sentences.size());
  for (std::size_t i = 0; i < heard && record.reply_text.size() < kMaxTextBytes; ++i) {
    append_sentence(record.reply_text, open.sentences[i]);
  }
  record.user_audio = first_of(std::move(open.user_audio.packets), SIZE_MAX);
  record.reply_audio = first_of(std::move(open.reply_audio.packets), open.frames_heard);
  return record;
}

}  // namespace earshot::worker
