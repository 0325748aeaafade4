#include "tests/fakes/providers/llm_reply.h"

#include "common/json/json.h"

namespace earshot::fakes {

std::string json_text(const std::string& text) {
  return json::serialize(json::value(text));
}

}  // namespace earshot::fakes
