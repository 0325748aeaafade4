// The request that asks for a WebSocket and the answer that grants it (RFC 6455 4). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/http/http_message.h"

namespace earshot::http {

// Whether a request asks to go on as a WebSocket: GET, `Upgrade: websocket`, and Connection names Upgrade.
// Connection and Upgrade are lists, maybe in several lines, in any case.
bool asks_for_websocket(const Request& request);

// What is wrong with such a request: 426 for another version than 13, 400 for no proper key.
std::optional<Response> refuse_handshake(const Request& request);

// Whether the client named this one in Sec-WebSocket-Protocol.
bool offers_subprotocol(const Request& request, std::string_view subprotocol);

// The whole 101 answer. A subprotocol that the client did not offer is left out: it would have to hang up.
std::string handshake_answer(const Request& request, std::string_view subprotocol);

}  // namespace earshot::http
