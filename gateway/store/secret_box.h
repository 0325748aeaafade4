// Seals what must not lie readable in the database: keys of providers and of chips.
//
// Pure; copies may be used on any thread. The key is told from a wrong one when the gateway starts, not when
// a provider's key is first needed.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/secret.h"
#include "gateway/store/store.h"

namespace earshot::store {

class SecretBox {
 public:
  // `key`: at least 32 characters (config: store.key_env, store.key_file).
  explicit SecretBox(Secret key) : key_(std::move(key)) {}

  // `purpose` says whose it is, e.g. "provider:llm:openai", "serial:SN1"; it must be the same at open().
  std::string seal(std::string_view purpose, std::string_view plain) const;
  // Errors: kInvalid (another key or purpose, or it was changed).
  Result<Secret> open(std::string_view purpose, std::string_view sealed) const;

  // On a store thread, once at the start. The first time it leaves a mark in the settings; later it throws
  // StoreError when this key does not fit the mark.
  void check_key(Store& store) const;

 private:
  Secret key_;
};

}  // namespace earshot::store
