// Whatever somebody uploads: passages are bounded, whole characters, and there are no more of them than bytes.
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "common/json/json.h"
#include "gateway/control/lore/lore_cutter.h"
#include "gateway/control/lore/lore_entries.h"
#include "gateway/store/lore_choice.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using earshot::gateway::LoreCutter;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string text = earshot::json::clean_text(bytes, size * 3);
  for (const LoreCutter::Kind kind : {LoreCutter::Kind::kPlain, LoreCutter::Kind::kMarkdown}) {
    LoreCutter cutter(text, kind);
    std::size_t passages = 0;
    while (true) {
      const auto some = cutter.next(3);
      if (some.empty()) break;
      passages += some.size();
      EARSHOT_CHECK(passages <= text.size(), "more passages than bytes");
      for (const auto& one : some) {
        EARSHOT_CHECK(one.text.size() <= LoreCutter::kMostBytes + LoreCutter::kMostHeadingBytes, "too long");
        EARSHOT_CHECK(earshot::json::clean_text(one.text, one.text.size()) == one.text, "a broken character");
        const double part = earshot::store::shared_part(text.substr(0, 200), one.text);
        EARSHOT_CHECK(part >= 0 && part <= 1, "a part of more than all");
      }
    }
  }
  if (const auto entries = earshot::gateway::read_lore_entries(bytes)) {
    for (const auto& one : *entries) {
      EARSHOT_CHECK(!one.keys.empty() && !one.text.empty(), "an empty entry");
      EARSHOT_CHECK(one.text.size() <= earshot::gateway::kMaxEntryBytes, "a long entry");
    }
  }
  return 0;
}
