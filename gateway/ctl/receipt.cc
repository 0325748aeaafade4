#include "gateway/ctl/receipt.h"

#include "gateway/ctl/api.h"

namespace earshot::ctl {

namespace {

std::string done_text(const json::object& command) {
  const std::string kind = member(command, "kind");
  const json::object* result = json::find_object(command, "result");
  const std::string how = result == nullptr ? std::string() : member(*result, "how");
  if (kind == "say") {
    const std::string why = result == nullptr ? std::string() : member(*result, "why");
    if (how == "alert") return "shown as an alert" + (why.empty() ? why : ": " + why);
    return how == "notify" ? "fetched by the device, which plays it" : "said";
  }
  if (kind == "reboot" || kind == "upgrade") {
    const std::string what = kind == "reboot" ? "rebooted" : "upgrading";
    return how == "reconnect" ? what + " (it came back)" : what;
  }
  if (kind == "alert") return "shown";
  if (kind == "message") return "sent";
  const std::string text = result == nullptr ? std::string() : member(*result, "text");
  return text.empty() ? "done" : text;
}

}  // namespace

bool is_finished(const json::object& command) {
  const std::string state = member(command, "state");
  return state != "queued" && state != "sent";
}

Exit exit_of(const json::object& command) {
  const std::string state = member(command, "state");
  if (state == "answered" || !is_finished(command)) return Exit::kOk;
  const json::object* error = json::find_object(command, "error");
  const std::string code = error == nullptr ? std::string() : member(*error, "code");
  for (const std::string_view refusal : kDeviceRefusals) {
    if (code == refusal) return Exit::kRefused;
  }
  return Exit::kFailed;
}

std::string outcome_text(const json::object& command) {
  const std::string state = member(command, "state");
  if (state == "answered") return done_text(command);
  if (!is_finished(command)) return state;
  std::string text = state.empty() ? "refused" : state;  // never a command: no such device, ...
  if (const json::object* error = json::find_object(command, "error")) {
    const std::string message = member(*error, "message");
    text += ": " + (message.empty() ? member(*error, "code") : message);
    if (member(*error, "code") == "user_tool") text += " (--user-tools, with a token that may)";
  }
  return text;
}

}  // namespace earshot::ctl
