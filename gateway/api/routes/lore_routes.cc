#include "gateway/api/routes/lore_routes.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/json/json.h"
#include "gateway/api/render.h"

namespace earshot::gateway::api {

namespace {

// As workers have it: also of agents that stand in their files alone.
bool is_agents_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

json::object document_json(const store::LoreDocument& document) {
  return {{"agent", document.agent},
          {"title", document.title},
          {"size_bytes", document.size_bytes},
          {"passages", document.passages},
          {"added", ms(document.added)}};
}

// Of one agent, or of all.
void list_documents(LoreLibrary& library, const CallPtr& call) {
  library.list(std::string(call->request.param("name")),
               [call](const Result<std::vector<store::LoreDocument>>& documents) {
                 if (!documents) return call->fail(documents.error());
                 json::array items;
                 for (const auto& document : *documents) items.push_back(document_json(document));
                 call->answer(json::object{{"items", std::move(items)}, {"next", ""}});
               });
}

void put_document(LoreLibrary& library, const CallPtr& call) {
  const std::string agent(call->request.param("name"));
  const std::string title(call->request.param("title"));
  if (!is_agents_name(agent)) return call->fail(404, "no such agent");
  const bool good =
      !title.empty() && title.size() <= LoreLibrary::kMaxTitleBytes &&
      json::clean_text(title, title.size()) == title &&
      std::ranges::none_of(title, [](char c) { return (c >= 0 && c < ' ') || c == '/' || c == 0x7F; });
  if (!good)
    return call->fail(400, "the title has to be a file's name of at most " +
                               std::to_string(LoreLibrary::kMaxTitleBytes) + " bytes");
  call->target = agent + " " + title;
  library.add({.agent = agent, .title = title, .bytes = std::move(call->request.body)},
              [call](const Result<store::LoreDocument>& added) {
                added ? call->answer(document_json(*added)) : call->fail(added.error());
              });
}

void remove_document(LoreLibrary& library, const CallPtr& call) {
  const std::string agent(call->request.param("name"));
  const std::string title(call->request.param("title"));
  call->target = agent + " " + json::clean_text(title, LoreLibrary::kMaxTitleBytes);
  library.remove(agent, title, [call](const Status& removed) {
    removed ? call->answer(json::object{}) : call->fail(removed.error());
  });
}

}  // namespace

void add_lore_routes(ApiRouter& routes, LoreLibrary& library) {
  const auto with = [&library](void (*handler)(LoreLibrary&, const CallPtr&)) {
    return [&library, handler](const CallPtr& call) { handler(library, call); };
  };
  const std::string document = "/api/v1/agents/{name}/documents/{title}";
  routes.read("/api/v1/documents", Scope::kAgentsRead, with(list_documents));
  routes.read("/api/v1/agents/{name}/documents", Scope::kAgentsRead, with(list_documents));
  routes.write("PUT", document, Scope::kAgentsWrite, "document.put", with(put_document),
               {.body = BodyKind::kRaw, .body_bytes = LoreLibrary::kMaxFileBytes});
  routes.write("DELETE", document, Scope::kAgentsWrite, "document.remove", with(remove_document),
               {.body = BodyKind::kNone});
}

}  // namespace earshot::gateway::api
