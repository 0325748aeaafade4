#include "worker/providers/llm/wishes/model_search.h"

#include <optional>
#include <utility>
#include <vector>

#include "common/json/json.h"

namespace earshot::worker {

namespace {

constexpr std::size_t kMaxTagsBytes = 512 * 1024;
constexpr std::size_t kMaxModelBytes = 60;  // it is spoken
constexpr HttpDeadlines kSearchDeadlines{.connect = Milliseconds(300),
                                         .first_byte = Milliseconds(600),
                                         .stall = Milliseconds(600),
                                         .total = ModelSearch::kPatience};

}  // namespace

std::string found_model(std::string_view body) {
  const auto answer = json::parse_object(body, kMaxTagsBytes);
  if (!answer) return {};
  const json::array* models = json::find_array(*answer, "models");
  if (models == nullptr) return {};
  for (const json::value& model : *models) {
    if (!model.is_object()) continue;
    const auto name = json::find_string(model.get_object(), "name");
    if (!name || name->empty() || name->find("embed") != std::string_view::npos) continue;
    return "Ollama (" + json::clean_text(*name, kMaxModelBytes) + ")";
  }
  return {};
}

struct ModelSearch::Asked {
  std::unique_ptr<HttpStream> call;
  std::string body;
  std::vector<Found> waiting;
  std::optional<SteadyTime> known_since;
  std::string model;
};

ModelSearch::ModelSearch(std::string base_url, HttpClient& http, const Clock& clock)
    : url_(std::move(base_url) + "/api/tags"),
      http_(http),
      clock_(clock),
      asked_(std::make_shared<Asked>()) {}

ModelSearch::~ModelSearch() = default;

void ModelSearch::find(Found found) {
  Asked& asked = *asked_;
  if (asked.known_since && clock_.now() - *asked.known_since < kFresh) return found(asked.model);
  asked.waiting.push_back(std::move(found));
  if (asked.waiting.size() > 1) return;  // it is being asked
  asked.body.clear();
  // The stream lives in `asked`: its callbacks must not keep that alive.
  const std::weak_ptr<Asked> weak = asked_;
  asked.call = http_.start({.method = "GET",
                            .url = url_,
                            .headers = {},
                            .body = {},
                            .parts = {},
                            .deadlines = kSearchDeadlines,
                            .max_bytes = kMaxTagsBytes},
                           {.on_head = nullptr,
                            .on_data =
                                [weak](std::string_view data) {
                                  if (const auto to = weak.lock()) to->body += data;
                                },
                            .on_done =
                                [weak, &clock = clock_](Result<HttpHead> head) {
                                  const auto to = weak.lock();
                                  if (!to) return;
                                  to->model =
                                      head && head->status == 200 ? found_model(to->body) : std::string();
                                  to->known_since = clock.now();
                                  to->call.reset();
                                  for (const Found& one : std::exchange(to->waiting, {})) one(to->model);
                                }});
}

}  // namespace earshot::worker
