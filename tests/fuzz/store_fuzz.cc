// What the store parses itself: cursors out of URLs, and its own encodings in a file that somebody changed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/base/sealed_box.h"
#include "gateway/store/latency_histogram.h"
#include "gateway/store/sqlite/sqlite_store.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace earshot;
  using namespace earshot::store;
  static const auto opened = sqlite::SqliteStore::in_memory();
  const std::string text(reinterpret_cast<const char*>(data), size);

  try {
    opened->commands().list({}, {.limit = 3, .before = text});
    opened->conversations().list({}, {.limit = 3, .before = text});
    opened->audit().list({.limit = 3, .before = text});
    const bool is_number = text.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number) std::abort();
  } catch (const StoreError& error) {
    if (error.code() != ErrorCode::kInvalid || text.empty()) std::abort();
  }

  // Any bytes as a name and as a list come back as they were.
  const Token token{.id = text,
                    .hash = text,
                    .label = text,
                    .user = text,
                    .scopes = {text, "", text},
                    .created = {},
                    .expires = {},
                    .last_used = {}};
  opened->tokens().put(token);
  const auto found = opened->tokens().find(text);
  if (!found || found->scopes != token.scopes || found->label != text) std::abort();
  opened->tokens().remove(text);
  if (opened->tokens().find(text)) std::abort();

  LatencyHistogram histogram;
  histogram.add_encoded(text);
  if (unseal(Secret("a key of thirty-two characters.."), "fuzz", text)) std::abort();
  return 0;
}
