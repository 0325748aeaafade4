// Whatever a device tells of its things, the list of tools is bounded, and a call gives commands that are ours.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "common/json/json.h"
#include "gateway/xiaozhi/iot_tools.h"

using namespace earshot;
using namespace earshot::gateway;

// Two parts, divided by a line break: descriptors and states, each JSON as it is and in a thing's place.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto cut = std::min(input.find('\n'), input.size());
  const std::string first(input.substr(0, cut));
  const std::string second(input.substr(std::min(cut + 1, input.size())));
  IotTools tools;
  for (const auto& [before, after] : {std::pair<std::string, std::string>{"", ""},
                                      {R"([{"name":"T","methods":)", "}]"},
                                      {R"([{"name":"T","properties":)", "}]"},
                                      {R"([{"name":"T","state":)", "}]"}}) {
    const auto things = json::parse_value(before + first + after, 1 << 20);
    const auto states = json::parse_value(before + second + after, 1 << 20);
    tools.hear(things && things->is_array() ? things->get_array() : json::array{},
               states && states->is_array() ? states->get_array() : json::array{});
  }
  tools.listens();
  const auto list = tools.request({{"id", 1}, {"method", "tools/list"}});
  if (!list.reply || list.reply->size() > IotTools::kMaxListBytes + 256) std::abort();
  if (tools.things() > IotTools::kMaxThings) std::abort();
  const auto parsed = json::parse_object(*list.reply, 1 << 20);
  if (!parsed) std::abort();
  for (const json::value& tool : parsed->at("result").at("tools").as_array()) {
    const auto answer = tools.request(
        {{"id", 2}, {"method", "tools/call"}, {"params", json::object{{"name", tool.at("name")}}}});
    if (!answer.reply) std::abort();
    if (answer.commands && json::serialize(*answer.commands).find('\\') != std::string::npos) std::abort();
  }
  return 0;
}
