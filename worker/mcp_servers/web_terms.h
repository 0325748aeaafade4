// Where an MCP server of the web is, and what it wants to see of us. Values.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/base/secret.h"

namespace earshot::worker {

struct WebTerms {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::pair<std::string, Secret>> secret_headers;
  Secret token;  // sent as Bearer; empty: none

  std::vector<std::pair<std::string, std::string>> all_headers() const {
    std::vector<std::pair<std::string, std::string>> all = headers;
    for (const auto& [name, value] : secret_headers) all.emplace_back(name, value.reveal());
    if (!token.empty()) all.emplace_back("Authorization", "Bearer " + std::string(token.reveal()));
    return all;
  }
};

}  // namespace earshot::worker
