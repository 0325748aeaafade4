#include "gateway/control/firmware/offer_ledger.h"

namespace earshot::gateway {

std::optional<OfferLedger::Outcome> OfferLedger::booted(const DeviceId& device, std::string_view version) {
  const auto found = offers_.find(device);
  if (found == offers_.end()) return std::nullopt;
  Offer& offer = found->second;
  Outcome outcome{.image = offer.image, .version = offer.version, .installed = offer.version == version};
  if (outcome.installed) {
    std::erase(order_, device);
    offers_.erase(found);
    return outcome;
  }
  if (!offer.downloading) return std::nullopt;
  offer.downloading = false;
  ++offer.tries;
  return outcome;
}

bool OfferLedger::may_offer(const DeviceId& device, std::string_view image) const {
  const auto found = offers_.find(device);
  return found == offers_.end() || found->second.image != image || found->second.tries < kMaxTries;
}

void OfferLedger::offered(const DeviceId& device, std::string_view image, std::string_view version) {
  const auto [entry, is_new] = offers_.try_emplace(device);
  if (is_new) {
    order_.push_back(device);
    if (order_.size() > kMaxDevices) {
      offers_.erase(order_.front());
      order_.pop_front();
    }
  }
  Offer& offer = entry->second;
  if (offer.image == image) return;
  offer = {.image = std::string(image), .version = std::string(version), .tries = 0, .downloading = false};
}

void OfferLedger::downloading(const DeviceId& device, std::string_view image) {
  const auto found = offers_.find(device);
  if (found != offers_.end() && found->second.image == image) found->second.downloading = true;
}

void OfferLedger::forget_image(std::string_view image) {
  std::erase_if(order_, [&](const DeviceId& device) { return offers_.at(device).image == image; });
  std::erase_if(offers_, [&](const auto& entry) { return entry.second.image == image; });
}

}  // namespace earshot::gateway
