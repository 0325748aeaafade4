// How a server makes an idle device speak in a conversation of its own: the names of the messages, in one
// place. Builds of 78/xiaozhi-esp32's pull request 1939 have it; no official release does (2.5.0 has `notify`,
// down_message.h).
//
//   server -> device, idle, over MQTT:
//     {"session_id":"R","type":"speak_request","text":"a preview, optional"}
//   the device opens its audio channel as after a wake word (hello, answered by us), sends a datagram so that
//   its NAT lets ours in, shows itself speaking, and says
//   device -> server:
//     {"session_id":"R","type":"speak_ready","state":"ready"}
//   with the id of the request, whatever the hello's answer named its session; then `tts start`, sentences,
//   audio, `tts stop` as in any turn; it listens afterwards, goodbye ends it.
//
// Sent only to a device that announced `features.speak_request` in its last hello, or whose firmware is new
// enough by the operator's word (`say.speak_request_from`):
// another one would ignore it, and the time is lost.
#pragma once

#include <string_view>

namespace earshot::gateway {

inline constexpr std::string_view kSpeakRequestType = "speak_request";
inline constexpr std::string_view kSpeakRequestFeature = "speak_request";  // in `features` of its hello
inline constexpr std::string_view kSpeakReadyType = "speak_ready";

}  // namespace earshot::gateway
