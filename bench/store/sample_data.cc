#include "bench/store/sample_data.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>

namespace earshot::bench {

namespace {

constexpr int kRowsInCommit = 5000;
constexpr int kTurnsWithAudio = 500;         // one in so many
constexpr std::size_t kAudioBytes = 15'000;  // five seconds of Opus

constexpr std::array<const char*, 5> kBoards{"bread-compact-wifi", "esp-box-3", "lichuang-dev",
                                             "m5stack-core-s3", "xmini-c3"};

void in_commits(store::TransactionalStore& store, const char* what, int count,
                const std::function<void(int)>& add) {
  for (int i = 0; i < count; ++i) {
    if (i % kRowsInCommit == 0) store.begin();
    add(i);
    if (i % kRowsInCommit == kRowsInCommit - 1 || i == count - 1) {
      store.commit();
      std::fprintf(stderr, "\r%-12s %9d of %9d", what, i + 1, count);
    }
  }
  std::fprintf(stderr, "\n");
}

}  // namespace

void SampleData::fill(store::TransactionalStore& store) {
  in_commits(store, "devices", size_.devices, [&](int i) {
    store.devices().put(device(i));
    store.devices().put_tools(device_id(i), "[" + words(2000) + "]");
  });
  in_commits(store, "turns", size_.turns, [&](int i) {
    if (i % kTurnsOfConversation == 0) store.conversations().put(conversation(i / kTurnsOfConversation));
    store.conversations().add(turn(i));
  });
  in_commits(store, "commands", size_.commands, [&](int i) {
    const auto at = now_ - std::chrono::minutes(size_.commands - i);
    const bool answered = i % 20 != 0;
    store.commands().put(
        {.id = "c" + std::to_string(i),
         .device = device_id(i % 50 == 0 ? 0 : i % size_.devices),
         .kind = "tool",
         .arguments = R"({"tool":"self.audio_speaker.set_volume","arguments":{"volume":50}})",
         .by = "user:ann",
         .user_tools = false,
         .state = answered ? store::CommandState::kAnswered : store::CommandState::kFailed,
         .result = answered ? R"({"text":"true"})" : "",
         .error_code = answered ? "" : "timeout",
         .error_message = "",
         .timeout = Milliseconds(10'000),
         .created = at,
         .expires = at + std::chrono::minutes(1),
         .sent = at,
         .finished = at});
  });
  in_commits(store, "audit", size_.audit_entries, [&](int i) {
    store.audit().add({.id = 0,
                       .at = now_ - std::chrono::minutes(size_.audit_entries - i),
                       .who = "user:ann",
                       .action = "command.tool",
                       .target = device_id(i % size_.devices).text(),
                       .detail = R"({"tool":"self.audio_speaker.set_volume"})",
                       .peer = "192.0.2.7"});
  });
}

DeviceId SampleData::device_id(int number) {
  std::array<char, 18> text{};
  std::snprintf(text.data(), text.size(), "02:ea:00:%02x:%02x:%02x", (number >> 16) & 0xff,
                (number >> 8) & 0xff, number & 0xff);
  return DeviceId::parse(text.data()).value();
}

store::Device SampleData::device(int number) const {
  const auto board = static_cast<std::size_t>(number) % kBoards.size();
  return {.id = device_id(number),
          .client_uuid = "7b94d69a-9808-4c59-9c9b-704333b38aff",
          .board = kBoards[board],
          .firmware = number % 3 == 0 ? "2.5.0" : "1.9.4",
          .language = "zh-CN",
          .serial = "",
          .name = "Room " + std::to_string(number),
          .tags = {"floor-" + std::to_string(number % 40)},
          .agent = number % 7 == 0 ? "butler" : "",
          .owner = "user" + std::to_string(number % 500),
          .bound = true,
          .blocked = false,
          .auto_update = true,
          .transport = store::DeviceTransport::kMqtt,
          .credential_minimum = 0,
          .credential_issued = 0,
          .first_seen = now_ - std::chrono::days(kDays),
          .last_seen = now_,
          .last_peer = "192.0.2.1"};
}

store::Conversation SampleData::conversation(int number) const {
  const auto started = time_of(number * kTurnsOfConversation);
  return {.session = session(number),
          .device = device_id(device_of(number)),
          .agent = "butler",
          .worker = "w1",
          .started = started,
          .ended = started + std::chrono::minutes(1),
          .end_reason = "goodbye",
          .turns = kTurnsOfConversation};
}

std::string SampleData::session(int conversation) const {
  return "9f86d081884c7d659a2feaa0c55ad0" + std::to_string(conversation);
}

store::Turn SampleData::turn(int number) {
  const int conversation = number / kTurnsOfConversation;
  const bool has_audio = number % kTurnsWithAudio == 0;
  std::lognormal_distribution<double> latency(6.6, 0.3);  // about 735 ms
  return {.session = session(conversation),
          .device = device_id(device_of(conversation)),
          .number = static_cast<std::uint32_t>(number % kTurnsOfConversation + 1),
          .source = "speech",
          .end = "answered",
          .user_text = words(40),
          .reply_text = words(200),
          .trace =
              R"({"asr_ms":82,"llm_first_token_ms":310,"first_sentence_ms":402,"tts_first_audio_ms":121,)"
              R"("silence_ms":600,"sentences":3,"packets":70,"tokens_in":812,"tokens_out":61,)"
              R"("asr":"paraformer","llm":"qwen-plus","tts":"cosyvoice","tools":[{"name":)"
              R"("self.audio_speaker.set_volume","ms":41}],"speculation":"used","speculated_ms":301})",
          .started = time_of(number),
          .first_audio = Milliseconds(static_cast<std::int64_t>(latency(random_))),
          .overhead = Milliseconds(random_() % 8),
          .has_audio = false,
          .user_audio = has_audio ? words(kAudioBytes) : "",
          .reply_audio = has_audio ? words(kAudioBytes) : ""};
}

// One device that is always talked to, and all others evenly.
int SampleData::device_of(int conversation) const {
  return conversation % 50 == 0 ? 0 : conversation % size_.devices;
}

store::WallTime SampleData::time_of(int turn) const {
  const auto step = Milliseconds(std::chrono::days(kDays)) / std::max(size_.turns, 1);
  return now_ - step * (size_.turns - turn);
}

std::string SampleData::words(std::size_t bytes) {
  std::string text(bytes, ' ');
  for (char& c : text) c = "etaoin shrdlu cmfwyp"[random_() % 20];
  return text;
}

}  // namespace earshot::bench
