// What a service's refusal means, in words for an operator. The service's own message is never repeated: it
// may quote the key or what the user said. Its error code is, when it looks like one. Pure.
//
// Codes of errors: kInvalid and kTooLarge are the request's own fault (400, 413, 422, a content filter) and say
// nothing about the service; everything else is an outage (a wrong key or address, 429, 5xx, the transport).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/json/json.h"

namespace earshot::worker {

// An answer whose status is not 2xx.
Error refusal(int status, std::string_view body);
// An error object inside an answer with a good status. `error` is the object that holds code and type.
Error stream_error(const json::object& error);
// The call did not get through, or its answer did not.
Error transport_error(const Error& error);
// `body.error` when it is an object, else the body itself.
const json::object& error_object(const json::object& body);

// How long to wait before the one other try; nullopt: another try does not help, or not soon enough.
std::optional<Milliseconds> retry_wait(int status, std::string_view retry_after);

}  // namespace earshot::worker
