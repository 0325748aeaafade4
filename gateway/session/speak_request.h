// How a server makes an idle device speak: the names of the messages, in one place, because only the proposal
// could be read (78/xiaozhi-esp32, pull request 1939);
// the author says that it came into 2.5.x in another form.
//
//   server -> device, idle, over MQTT:
//     {"session_id":"...","type":"speak_request","text":"a preview, optional"}
//   the device opens its audio channel as after a wake word (hello, answered by us), sends a datagram so that
//   its NAT lets ours in, shows itself speaking, and says
//   device -> server:
//     {"session_id":"...","type":"speak_ready","state":"ready"}
//   then `tts start`, sentences, audio, `tts stop` as in any turn; it listens afterwards, goodbye ends it.
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
