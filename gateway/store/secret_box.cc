#include "gateway/store/secret_box.h"

#include "common/base/sealed_box.h"

namespace earshot::store {

namespace {

constexpr std::string_view kMark = "store.key_mark";

}  // namespace

std::string SecretBox::seal(std::string_view purpose, std::string_view plain) const {
  return earshot::seal(key_, purpose, plain);
}

Result<Secret> SecretBox::open(std::string_view purpose, std::string_view sealed) const {
  auto plain = unseal(key_, purpose, sealed);
  if (!plain) {
    return Error{ErrorCode::kInvalid,
                 "a sealed value does not open: it is of another store key, or was changed"};
  }
  return std::move(*plain);
}

void SecretBox::check_key(Store& store) const {
  const auto mark = store.settings().get(kMark);
  if (!mark) return store.settings().put(kMark, seal(kMark, "ok"));
  if (open(kMark, *mark)) return;
  throw StoreError(ErrorCode::kInvalid,
                   "its secrets were sealed with another key; put the old secrets/store.key back (or what "
                   "store.key_env or store.key_file gave). If it is lost: delete the setting '" +
                       std::string(kMark) + "' with sqlite3 and enter the providers' keys anew");
}

}  // namespace earshot::store
