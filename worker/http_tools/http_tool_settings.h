// Tools that are a request to a service of the web, without any code: worker.yaml tells what to ask and what of the
// answer to tell.
//
//   http_tools:
//     weather:
//       description: The weather now and for the next days.
//       parameters:
//         city: { type: string, description: its name, required: true }
//       lookup:                          # asked before; what it takes can be used below
//         url: "https://geocoding-api.open-meteo.com/v1/search?count=1&name={{city}}"
//         take: { lat: /results/0/latitude, lon: /results/0/longitude }
//       url: "https://api.open-meteo.com/v1/forecast?latitude={{lat}}&longitude={{lon}}&current=temperature_2m"
//       answer: /current
//
// docs/tools.md tells of every key.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/secret.h"
#include "common/config/config_reader.h"
#include "common/json/json.h"
#include "worker/http_tools/answer_text.h"

namespace earshot::worker {

struct HttpLookup {
  std::string url;                                        // empty: there is none
  std::vector<std::pair<std::string, std::string>> take;  // name, pointer into the answer
};

struct HttpToolSettings {
  std::string name;
  std::string description;
  std::string input_schema;                                   // JSON
  std::vector<std::pair<std::string, json::value>> defaults;  // of arguments that were not given
  std::string method = "GET";
  HttpLookup lookup;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string body_type;  // Content-Type
  Secret secret;          // {{secret}} in URL, headers and body
  AnswerTerms answer;
  Milliseconds timeout{10'000};          // of everything together
  std::uint32_t max_bytes = 512 * 1024;  // of the answer
  bool speak = false;                    // the text is said as it is
  bool allow_private = false;            // addresses of this machine and of private networks, too
};

inline constexpr std::size_t kMaxHttpTools = 64;
inline constexpr std::string_view kSecretName = "secret";

std::vector<HttpToolSettings> read_http_tools(ConfigSection tools);

}  // namespace earshot::worker
