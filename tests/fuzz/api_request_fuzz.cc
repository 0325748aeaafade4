// Any Authorization and Cookie header, and any body: an identity or nobody, values or a refusal.
#include <cstdint>
#include <cstdlib>

#include "gateway/api/auth/credentials.h"
#include "gateway/api/auth/sessions.h"
#include "gateway/api/body_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot;
  using namespace earshot::gateway::api;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto token = parse_authorization(text)) {
    if (!TokenText::parse(token->text())) std::abort();
  }
  if (const auto cookie = find_cookie(text, "earshot_session")) {
    static Sessions sessions({});
    if (sessions.use(*cookie, {}) != nullptr) std::abort();
  }
  const auto body = json::parse_object(text, 64 * 1024);
  if (!body) return 0;
  BodyReader reader(*body);
  const auto name = reader.text("a", 32);
  if (name && (name->size() > 32 || name->find('\n') != std::string::npos)) std::abort();
  reader.long_text("b", 1000);
  reader.boolean("c");
  const auto number = reader.integer("d", -5, 5);
  if (number && (*number < -5 || *number > 5)) std::abort();
  reader.texts("e", 4, 8);
  reader.object("f");
  if (const auto refusal = reader.refusal()) {
    if (!json::parse_object(refusal->body, 1 << 20)) std::abort();
  }
  return 0;
}
