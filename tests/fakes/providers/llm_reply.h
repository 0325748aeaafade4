// What the fakes of brains answer, whatever their dialect.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/fakes/fake_http_server.h"

namespace earshot::fakes {

struct LlmReply {
  struct Call {
    std::string name;
    std::string arguments = "{}";
  };
  std::vector<std::string> tokens = {};
  std::vector<Call> calls = {};
};

struct LlmDelays {
  Delay first_token{0};
  Delay token{0};  // between two tokens
};

// Decides by the body of the request.
using LlmBrain = std::function<LlmReply(const std::string& body)>;

// A JSON string with its quotes.
std::string json_text(const std::string& text);

}  // namespace earshot::fakes
