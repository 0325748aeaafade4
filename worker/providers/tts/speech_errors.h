// What is told an operator when a speech service refuses: what happened and what to look at, never the body,
// which may repeat a key or what was said. Pure.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"

namespace earshot::worker {

// The machine-readable code in an error body ("invalid_api_key", "45000001"), wherever services put it;
// empty when there is none or it does not look like a code.
std::string error_word(std::string_view body);

// The error for an HTTP status that is no success, also of a refused WebSocket. `service`: "openai speech".
Error refused(std::string_view service, int status, std::string_view body);

// The codes: kInvalid when the text itself was refused (a content filter, a sign that the voice cannot say),
// else as code_of_status(), or kUnavailable.
//
// Status 200, and a body that is an error object or a page.
Error text_for_audio(std::string_view service, std::string_view body);

// Whether the code of a failure says that the service has too much to do, or gives this key no more at a time.
bool is_throttled(std::string_view code);

// An error of the service while it spoke, with its code.
Error failed(std::string_view service, std::string_view code);

}  // namespace earshot::worker
