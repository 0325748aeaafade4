// Records with every member set, for tests of the store.
#pragma once

#include <string>

#include "gateway/store/records.h"

namespace earshot::store {

inline WallTime at_ms(std::int64_t ms) {
  return WallTime(Milliseconds(ms));
}

inline DeviceId device_id(int number) {
  char text[18];
  std::snprintf(text, sizeof(text), "02:00:00:%02x:%02x:%02x", (number >> 16) & 0xff, (number >> 8) & 0xff,
                number & 0xff);
  return *DeviceId::parse(text);
}

// `text` goes into each text, for what a text may hold.
inline Device sample_device(int number, const std::string& text = "text") {
  return {.id = device_id(number),
          .client_uuid = text + "1",
          .board = text + "2",
          .firmware = text + "3",
          .language = text + "4",
          .serial = text + "5",
          .name = text + "6",
          .tags = {text + "7", text + "8"},
          .agent = text + "9",
          .owner = text + "a",
          .bound = true,
          .blocked = true,
          .auto_update = false,
          .transport = DeviceTransport::kWebSocket,
          .credential_minimum = 3,
          .credential_issued = 4'000'000'000,
          .first_seen = at_ms(1'700'000'000'001),
          .last_seen = at_ms(1'700'000'000'002),
          .last_peer = text + "b"};
}

inline User sample_user(const std::string& name, const std::string& text = "text") {
  return {.name = name,
          .password_hash = text,
          .role = Role::kOperator,
          .disabled = true,
          .created = at_ms(5),
          .last_login = at_ms(6)};
}

inline Token sample_token(const std::string& id, const std::string& user, const std::string& text = "text") {
  return {.id = id,
          .hash = text + "1",
          .label = text + "2",
          .user = user,
          .scopes = {text + "3", "commands"},
          .created = at_ms(7),
          .expires = at_ms(8),
          .last_used = at_ms(9),
          .parent = text + "4"};
}

inline FirmwareImage sample_image(const std::string& id, const std::string& text = "text") {
  return {.id = id,
          .board = text + "1",
          .version = text + "2",
          .file_name = text + "3",
          .sha256 = text + "4",
          .size_bytes = 5'000'000'000,
          .enabled = true,
          .percentage = 55,
          .minimum_version = text + "5",
          .force = true,
          .notes = text + "6",
          .created = at_ms(10)};
}

inline Command sample_command(const std::string& id, int device, const std::string& text = "text") {
  return {.id = id,
          .device = device_id(device),
          .kind = text + "1",
          .arguments = text + "2",
          .by = "user:" + text,
          .user_tools = true,
          .state = CommandState::kAnswered,
          .result = text + "3",
          .error_code = text + "4",
          .error_message = text + "5",
          .timeout = Milliseconds(11'000),
          .created = at_ms(12),
          .expires = at_ms(13),
          .sent = at_ms(14),
          .finished = at_ms(15)};
}

inline Conversation sample_conversation(const std::string& session, int device,
                                        const std::string& text = "text") {
  return {.session = session,
          .device = device_id(device),
          .agent = text + "1",
          .worker = text + "2",
          .started = at_ms(1'700'000'000'000),
          .ended = at_ms(1'700'000'060'000),
          .end_reason = text + "3",
          .turns = 0};
}

inline Turn sample_turn(const std::string& session, int device, std::uint32_t number,
                        const std::string& text = "text") {
  return {.session = session,
          .device = device_id(device),
          .number = number,
          .source = text + "1",
          .end = text + "2",
          .user_text = text + "3",
          .reply_text = text + "4",
          .trace = text + "5",
          .started = at_ms(1'700'000'000'000 + number * 1000),
          .first_audio = Milliseconds(700),
          .overhead = Milliseconds(5),
          .has_audio = false,
          .user_audio = "",
          .reply_audio = ""};
}

}  // namespace earshot::store
