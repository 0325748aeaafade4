#include "gateway/ctl/settings.h"

#include "common/http/http_client.h"
#include "gateway/ctl/failure.h"

namespace earshot::ctl {

namespace {

constexpr const char* kDefaultUrl = "http://127.0.0.1:8003";

std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of(" \t\r\n/") + 1);
  return text;
}

// By the host alone: "127.0.0.1.example" is somebody else's.
bool is_loopback(const std::string& url) {
  const auto parsed = http::Url::parse(url);
  if (!parsed) return false;
  const std::string& host = parsed->host;
  return host == "localhost" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos);
}

}  // namespace

Settings find_settings(const Arguments& arguments, const Machine& machine) {
  std::vector<std::filesystem::path> folders = machine.data_folders;
  std::optional<std::string> named;
  if (arguments.has("--data"))
    named = arguments.text("--data");
  else
    named = machine.environment("EARSHOT_DATA");
  if (named) folders = {*named};

  std::optional<std::string> url;
  if (arguments.has("--url"))
    url = arguments.text("--url");
  else
    url = machine.environment("EARSHOT_URL");
  const bool foreign = url && !is_loopback(*url);
  std::optional<std::string> token;
  if (arguments.has("--token"))
    token = arguments.text("--token");
  else
    token = machine.environment("EARSHOT_TOKEN");

  for (const auto& folder : folders) {
    const auto local = machine.read_file(folder / "secrets" / "admin.token");
    if (!local) continue;
    if (!token && (!foreign || named)) token = local;
    if (!url) url = machine.read_file(folder / "run" / "url");
    break;
  }
  if (!token && named)
    throw Failure(Exit::kUsage,
                  "cannot read " + *named +
                      "/secrets/admin.token: is it a gateway's data folder, and are you its user?");
  return {.url = trimmed(url.value_or(kDefaultUrl)), .token = Secret(trimmed(token.value_or("")))};
}

}  // namespace earshot::ctl
