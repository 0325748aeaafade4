// Where the gateway is and who we are there. Pure: what the machine says is passed in.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/base/secret.h"
#include "gateway/ctl/arguments.h"

namespace earshot::ctl {

struct Settings {
  std::string url = {};  // without a slash at the end
  Secret token;          // empty: none found
};

struct Machine {
  std::function<std::optional<std::string>(const std::string& name)> environment;
  std::function<std::optional<std::string>(const std::filesystem::path& file)> read_file;
  std::vector<std::filesystem::path> data_folders;  // where a gateway's data may be, the likeliest first
};

// --url, else EARSHOT_URL, else what a gateway on this machine wrote into <data>/run/url, else
// http://127.0.0.1:8003. --token, else EARSHOT_TOKEN, else <data>/secrets/admin.token: that one is for a
// gateway on this machine, so it is not sent to a URL that was named unless --data was named
// too or the URL is loopback.
// Throws Failure(kUsage) for a --data without a gateway's token, or one that may not be read.
Settings find_settings(const Arguments& arguments, const Machine& machine);

}  // namespace earshot::ctl
