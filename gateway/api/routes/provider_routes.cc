#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "gateway/api/body_reader.h"
#include "gateway/api/render.h"
#include "gateway/api/routes/agent_routes.h"
#include "gateway/api/routes/agent_set_size.h"

namespace earshot::gateway::api {

namespace {

constexpr std::size_t kMaxProviders = 200;
constexpr std::size_t kMaxProviderBytes = 16 * 1024;
constexpr std::size_t kMaxSecrets = 8;
constexpr std::size_t kMaxSecretBytes = 4096;
constexpr std::string_view kKept = "***";  // shown for a secret; sent back it means "as it was"
constexpr std::array<std::string_view, 3> kStages{"asr", "llm", "tts"};

bool is_secret_key(std::string_view key) {
  return key.ends_with("key") || key.ends_with("token") || key.ends_with("secret") ||
         key.ends_with("password");
}

// Runs on a store thread. Sealed with another key: as if there were none.
json::object open_secrets(const store::SecretBox& box, const store::Provider& provider) {
  if (provider.secrets.empty()) return {};
  const auto plain = box.open(provider_purpose(provider.stage, provider.name), provider.secrets);
  return plain ? kept_object(plain->reveal()) : json::object{};
}

json::object shown(const store::Provider& provider, const json::object& secrets) {
  json::object masked;
  for (const auto& secret : secrets) masked[secret.key()] = kKept;
  return {{"stage", provider.stage},
          {"name", provider.name},
          {"config", kept_object(provider.config)},
          {"secrets", std::move(masked)},
          {"changed", ms(provider.changed)}};
}

std::optional<store::Provider> find_provider(store::Store& store, std::string_view stage,
                                             std::string_view name) {
  for (auto& provider : store.agents().providers()) {
    if (provider.stage == stage && provider.name == name) return provider;
  }
  return std::nullopt;
}

void list_providers(const std::shared_ptr<const AgentParts>& parts, const CallPtr& call) {
  parts->store.read(
      parts->executor,
      [box = parts->secrets](store::Store& store) {
        std::vector<std::string> items;  // as text: JSON values do not cross threads cheaply
        for (const auto& provider : store.agents().providers())
          items.push_back(json::serialize(shown(provider, open_secrets(box, provider))));
        return items;
      },
      [parts, call](const Result<std::vector<std::string>>& providers) {
        if (!providers) return call->fail(providers.error());
        json::array items;
        for (const auto& text : *providers) {
          json::object item = kept_object(text);
          const std::string stage(json::find_string(item, "stage").value_or(""));
          const std::string name(json::find_string(item, "name").value_or(""));
          items.push_back(with_problem(*parts, std::move(item), stage, name));
        }
        call->answer(json::object{{"items", std::move(items)}, {"next", ""}});
      });
}

struct NewProvider {
  store::Provider record;  // without secrets
  std::vector<std::pair<std::string, Secret>> secrets;
  bool has_secrets = false;  // else those that are there stay
};

// nullopt: it was answered.
std::optional<NewProvider> read_provider(Call& call) {
  NewProvider fresh;
  fresh.record.stage = call.request.param("stage");
  fresh.record.name = call.request.param("name");
  BodyReader body(call.body);
  const json::object config = body.required_object("config");
  const auto secrets = body.object("secrets");
  if (std::ranges::find(kStages, fresh.record.stage) == kStages.end())
    body.problem("stage", "must be asr, llm or tts");
  if (!is_name(fresh.record.name, "_-")) body.problem("name", "must be of a-z, 0-9, '_' and '-'");
  for (const auto& member : config) {
    if (is_secret_key(member.key())) body.problem(member.key(), "is a secret: it belongs into `secrets`");
  }
  fresh.record.config = json::serialize(config);
  if (fresh.record.config.size() > kMaxProviderBytes) body.problem("config", "is too large");
  fresh.has_secrets = secrets.has_value();
  for (const auto& secret : secrets.value_or(json::object{})) {
    const bool good = is_name(secret.key(), "_-", 64) && secret.value().is_string() &&
                      secret.value().get_string().size() <= kMaxSecretBytes;
    if (!good || fresh.secrets.size() >= kMaxSecrets) {
      body.problem("secrets", "must be at most 8 texts of at most 4096 bytes");
      break;
    }
    fresh.secrets.emplace_back(std::string(secret.key()), Secret(std::string(secret.value().get_string())));
  }
  if (auto refusal = body.refusal()) {
    call.send(std::move(*refusal));
    return std::nullopt;
  }
  return fresh;
}

struct Written {
  std::string shown;
  std::string_view refusal = {};  // empty: it was written
};

// On a store thread.
Written put_provider(store::Store& store, const store::SecretBox& box, NewProvider fresh) {
  const auto before = find_provider(store, fresh.record.stage, fresh.record.name);
  if (!before && store.agents().providers().size() >= kMaxProviders)
    return {.shown = {}, .refusal = "there are too many providers"};
  const json::object old = before ? open_secrets(box, *before) : json::object{};
  json::object secrets;
  if (!fresh.has_secrets) secrets = old;
  for (const auto& [key, secret] : fresh.secrets) {
    if (secret.reveal() != kKept) {
      secrets[key] = secret.reveal();
    } else if (const auto* kept = old.if_contains(key)) {
      secrets[key] = *kept;
    }
  }
  if (!secrets.empty()) {
    const Secret plain(json::serialize(secrets));
    fresh.record.secrets = box.seal(provider_purpose(fresh.record.stage, fresh.record.name), plain.reveal());
  }
  if (!set_has_room(store, before ? weight(*before) : 0, weight(fresh.record)))
    return {.shown = {}, .refusal = kAgentSetTooLarge};
  store.agents().put(fresh.record);
  return {.shown = json::serialize(shown(fresh.record, secrets))};
}

void write_provider(const std::shared_ptr<const AgentParts>& parts, const CallPtr& call) {
  auto fresh = read_provider(*call);
  if (!fresh) return;
  fresh->record.changed = std::chrono::time_point_cast<Milliseconds>(parts->clock.wall());
  parts->store.write(
      parts->executor,
      [box = parts->secrets, fresh = std::move(*fresh),
       audit = call->take_audit_entry()](store::Store& store) {
        std::string shown = put_provider(store, box, fresh);
        if (!shown.empty() && audit) store.audit().add(*audit);
        return shown;
      },
      [parts, call](const Result<Written>& written) {
        if (!written) return call->fail(written.error());
        if (!written->refusal.empty()) return call->fail(409, written->refusal);
        if (parts->on_changed) parts->on_changed();
        call->answer(kept_object(written->shown));
      });
}

void remove_provider(const std::shared_ptr<const AgentParts>& parts, const CallPtr& call) {
  parts->store.write(
      parts->executor,
      [stage = std::string(call->request.param("stage")), name = std::string(call->request.param("name")),
       audit = call->take_audit_entry()](store::Store& store) {
        if (!find_provider(store, stage, name)) return false;
        store.agents().remove_provider(stage, name);
        if (audit) store.audit().add(*audit);
        return true;
      },
      [parts, call](const Result<bool>& removed) {
        if (!removed) return call->fail(removed.error());
        if (!*removed) return call->fail(404, "no such provider");
        if (parts->on_changed) parts->on_changed();
        call->answer(json::object{});
      });
}

}  // namespace

std::string provider_purpose(std::string_view stage, std::string_view name) {
  return "provider:" + std::string(stage) + ":" + std::string(name);
}

void add_provider_routes(ApiRouter& routes, AgentParts parts) {
  const auto shared = std::make_shared<const AgentParts>(std::move(parts));
  routes.read("/api/v1/providers", Scope::kAgentsRead,
              [shared](const CallPtr& call) { list_providers(shared, call); });
  routes.write("PUT", "/api/v1/providers/{stage}/{name}", Scope::kAgentsWrite, "provider.change",
               [shared](const CallPtr& call) { write_provider(shared, call); });
  routes.write("DELETE", "/api/v1/providers/{stage}/{name}", Scope::kAgentsWrite, "provider.remove",
               [shared](const CallPtr& call) { remove_provider(shared, call); }, {.body = BodyKind::kNone});
}

}  // namespace earshot::gateway::api
