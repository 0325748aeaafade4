#include "common/base/sealed_box.h"

#include <sodium.h>

#include <array>
#include <cstdint>

#include "common/base/bytes.h"
#include "common/base/check.h"
#include "common/base/random.h"

namespace earshot {

namespace {

constexpr std::string_view kVersion = "1:";  // before the base64 of nonce and box
constexpr std::size_t kNonceBytes = crypto_secretbox_NONCEBYTES;
constexpr std::size_t kMacBytes = crypto_secretbox_MACBYTES;

class PurposeKey {
 public:
  PurposeKey(const Secret& key, std::string_view purpose) {
    EARSHOT_CHECK(!key.empty(), "sealing needs a key");
    std::array<std::uint8_t, crypto_generichash_KEYBYTES> whole{};
    const ByteView text = as_bytes(key.reveal());
    crypto_generichash(whole.data(), whole.size(), text.data(), text.size(), nullptr, 0);
    const ByteView label = as_bytes(purpose);
    crypto_generichash(bytes_.data(), bytes_.size(), label.data(), label.size(), whole.data(), whole.size());
    sodium_memzero(whole.data(), whole.size());
  }
  ~PurposeKey() { sodium_memzero(bytes_.data(), bytes_.size()); }
  PurposeKey(const PurposeKey&) = delete;
  PurposeKey& operator=(const PurposeKey&) = delete;
  const std::uint8_t* data() const { return bytes_.data(); }

 private:
  std::array<std::uint8_t, crypto_secretbox_KEYBYTES> bytes_{};
};

}  // namespace

std::string seal(const Secret& key, std::string_view purpose, std::string_view plain) {
  const PurposeKey purpose_key(key, purpose);
  Bytes box(kNonceBytes + kMacBytes + plain.size());
  fill_random(std::span(box).first(kNonceBytes));
  crypto_secretbox_easy(box.data() + kNonceBytes, as_bytes(plain).data(), plain.size(), box.data(),
                        purpose_key.data());
  return std::string(kVersion) + to_base64(box);
}

std::optional<Secret> unseal(const Secret& key, std::string_view purpose, std::string_view sealed) {
  if (!sealed.starts_with(kVersion)) return std::nullopt;
  const auto box = from_base64(sealed.substr(kVersion.size()));
  if (!box || box->size() < kNonceBytes + kMacBytes) return std::nullopt;
  const PurposeKey purpose_key(key, purpose);
  const ByteView closed = ByteView(*box).subspan(kNonceBytes);
  std::string plain(closed.size() - kMacBytes, '\0');
  if (crypto_secretbox_open_easy(reinterpret_cast<std::uint8_t*>(plain.data()), closed.data(), closed.size(),
                                 box->data(), purpose_key.data()) != 0) {
    return std::nullopt;
  }
  return Secret(std::move(plain));
}

}  // namespace earshot
