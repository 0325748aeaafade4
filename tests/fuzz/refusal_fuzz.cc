// What a service says when it refuses: whatever it is, the next request is still one, and asks for less.
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/check.h"
#include "worker/providers/llm/refused_options.h"
#include "worker/providers/llm/service_error.h"
#include "worker/providers/llm/tool_schema.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot;
  if (size == 0) return 0;
  const std::string_view answer(reinterpret_cast<const char*>(data) + 1, size - 1);
  static const int kStatuses[] = {400, 404, 422, 500, 401};
  const int status = kStatuses[data[0] % 5U];
  const auto whole = json::parse_object(
      R"({"model":"m","messages":[],"stream":true,"stream_options":{},"max_tokens":5,"tools":)"
      R"([{"function":{"name":"a"}},{"function":{"name":"b"}},{"function":{"name":"c"}}]})",
      1000);
  worker::RefusedOptions refused;
  json::object sent = *whole;
  for (int round = 0; round < 8; ++round) {
    const auto left_out = refused.learn(status, answer, sent, SteadyTime{});
    json::object next = *whole;
    refused.apply(next, SteadyTime{});
    EARSHOT_CHECK(next.contains("model") && next.contains("messages") && next.contains("stream"),
                  "still a request");
    EARSHOT_CHECK(!left_out || next != sent, "what is sent anew is another request");
    if (!left_out) break;
    sent = std::move(next);
  }
  const Error error = worker::refusal(status, answer);
  EARSHOT_CHECK(error.message.size() < 300, "an error is short, whatever the service writes");
  const json::object schema = worker::usable_schema(answer);
  EARSHOT_CHECK(
      json::find_string(schema, "type") == "object" && json::find_object(schema, "properties") != nullptr,
      "a schema is one of an object");
  return 0;
}
