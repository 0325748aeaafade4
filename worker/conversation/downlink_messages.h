// The Envelopes that a conversation sends to the gateway (proto/ipc.proto, "Down"). Pure.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "ipc.pb.h"
#include "worker/stages/llm.h"
#include "worker/tools/notebook.h"

namespace earshot::worker::downlink {

ipc::Envelope stt(const std::string& text);
ipc::Envelope emotion(const std::string& name);
ipc::Envelope speech_start(TurnId turn);
ipc::Envelope sentence_start(TurnId turn, std::uint32_t sentence, const std::string& text);
ipc::Envelope audio(TurnId turn, std::uint32_t sentence, const Bytes& opus);
ipc::Envelope sentence_end(TurnId turn, std::uint32_t sentence);
ipc::Envelope speech_end(TurnId turn);
ipc::Envelope speech_flush(TurnId turn);
ipc::Envelope speech_pause(TurnId turn);
ipc::Envelope speech_resume(TurnId turn);
ipc::Envelope mcp(const std::string& payload);
ipc::Envelope alert(const std::string& title, const std::string& message, const std::string& emotion);
ipc::Envelope say_spoken(const std::string& id, ipc::SaySpoken::Outcome outcome, const std::string& why);
ipc::Envelope user_speaks();
ipc::Envelope user_speech(ipc::UserSpeech::Event event, std::uint32_t utterance, const std::string& words);
ipc::Envelope turn_began(TurnId turn, std::uint32_t tag);
ipc::Envelope turn_over(TurnId turn, ipc::TurnOver::How how, const LlmUsage& usage);
ipc::Envelope notebook(Notebook& notebook, SteadyTime now);
ipc::Envelope memory(ipc::MemoryUp up);
ipc::Envelope turn_report(ipc::TurnReport report);
ipc::Envelope uplink_heard(std::uint64_t uplink);
// `farewell`: the user's own.
ipc::Envelope session_end_after_playout(const std::string& reason, bool farewell);

}  // namespace earshot::worker::downlink
