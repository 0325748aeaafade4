// firmware: list, upload, rollout, remove.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "common/base/sha256.h"
#include "gateway/ctl/commands.h"
#include "gateway/ctl/failure.h"
#include "gateway/ctl/output.h"
#include "gateway/ctl/time_text.h"

namespace earshot::ctl {

namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;              // the API takes 1 MiB; a lost one costs little
constexpr std::uintmax_t kMostFileBytes = 64 * 1024 * 1024;  // no chip of these devices has more flash
constexpr int kTries = 6;                                    // of one piece: 1, 2, 4 ... s apart

std::string size_text(std::int64_t bytes) {
  const auto tenths = bytes * 10 / (1024 * 1024);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MiB";
}

void firmware(Context& context, const Arguments&) {
  print_list(
      context, context.api.list("/api/v1/firmware", {}, kMostListed),
      {{.title = "ID"},
       {.title = "BOARD", .least = 8},
       {.title = "VERSION"},
       {.title = "SIZE", .right = true},
       {.title = "OFFERED TO"},
       {.title = "FROM VERSION"},
       {.title = "UPLOADED"},
       {.title = "NOTES", .least = 8}},
      [&](const json::object& image) -> std::vector<Cell> {
        const bool enabled = truth(image, "enabled");
        const std::string offered = enabled ? member(image, "percentage") + "%" : "nobody";
        return {
            member(image, "id"),
            member(image, "board"),
            member(image, "version"),
            size_text(number(image, "size_bytes")),
            {offered + (truth(image, "force") ? " (forced)" : ""), enabled ? Colour::kGreen : Colour::kDim},
            member(image, "minimum_version"),
            relative_text(number(image, "created"), context.now_ms),
            member(image, "notes")};
      },
      "no firmware: earshotctl firmware upload FILE --board BOARD --version VERSION");
}

std::string file_bytes(const std::string& path) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(path, failure);
  if (failure) throw Failure(Exit::kUsage, "cannot read " + path + ": " + failure.message());
  if (size == 0 || size > kMostFileBytes)
    throw Failure(Exit::kUsage, path + " has " + std::to_string(size) + " bytes: no firmware image");
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  if (!file) throw Failure(Exit::kUsage, "cannot read " + path);
  return std::move(bytes).str();
}

std::string bar(std::size_t done, std::size_t all) {
  constexpr std::size_t kCells = 24;
  const std::size_t full = done * kCells / all;
  return "uploading [" + std::string(full, '#') + std::string(kCells - full, '.') + "] " +
         std::to_string(done * 100 / all) + "% of " + size_text(static_cast<std::int64_t>(all));
}

// A piece that is lost on the way is sent again from where the gateway says it is.
json::value send_pieces(Context& context, const std::string& path, const std::string& bytes,
                        std::size_t offset) {
  Progress progress(context.terminal);
  int failures = 0;
  while (true) {
    if (offset > bytes.size())
      throw Failure(Exit::kFailed, "the gateway holds more of the image than there is");
    progress.show(bar(offset, bytes.size()));
    try {
      const json::value answer = context.api.put_bytes(path + "?offset=" + std::to_string(offset),
                                                       bytes.substr(offset, kPieceBytes));
      if (const json::object* image = json::find_object(object_of(answer), "image")) return *image;
      offset = static_cast<std::size_t>(number(object_of(answer), "offset"));
      failures = 0;
    } catch (const Failure& failure) {
      if (failure.code() != Exit::kUnreachable || ++failures == kTries) throw;
      std::this_thread::sleep_for(std::chrono::seconds(1 << (failures - 1)));
      try {
        offset = static_cast<std::size_t>(number(object_of(context.api.get(path)), "offset"));
      } catch (const Failure& again) {
        if (again.code() != Exit::kUnreachable) throw;  // else: the next try tells
      }
    }
  }
}

void upload(Context& context, const Arguments& arguments) {
  const std::string file = arguments.text("FILE");
  const std::string bytes = file_bytes(file);
  const auto started = context.api.send("POST", "/api/v1/firmware/uploads",
                                        {{"board", arguments.text("--board")},
                                         {"version", arguments.text("--version")},
                                         {"size_bytes", bytes.size()},
                                         {"sha256", to_hex(sha256(as_bytes(bytes)))},
                                         {"file_name", std::filesystem::path(file).filename().string()}});
  const json::object& begun = object_of(started.body);
  const json::value image =
      send_pieces(context, "/api/v1/firmware/uploads/" + encoded(member(begun, "upload")), bytes,
                  static_cast<std::size_t>(number(begun, "offset")));
  const std::string id = member(object_of(image), "id");
  print_done(context,
             "uploaded " + id + ": nobody is offered it yet (earshotctl firmware rollout " + id +
                 " --percentage 10)",
             image);
}

void rollout(Context& context, const Arguments& arguments) {
  json::object changes;
  if (arguments.has("--percentage")) {
    const auto percentage = arguments.number("--percentage", 0);
    changes["percentage"] = percentage;
    changes["enabled"] = percentage > 0;
  }
  if (arguments.has("--enable")) changes["enabled"] = true;
  if (arguments.has("--disable")) changes["enabled"] = false;
  if (arguments.has("--minimum-version")) changes["minimum_version"] = arguments.text("--minimum-version");
  if (arguments.has("--force")) changes["force"] = arguments.on_off("--force");
  if (arguments.has("--notes")) changes["notes"] = arguments.text("--notes");
  if (changes.empty())
    throw Failure(Exit::kUsage, "nothing to change: see earshotctl firmware rollout --help");
  const std::string id = arguments.text("ID");
  const auto answer = context.api.send("PATCH", "/api/v1/firmware/" + encoded(id), changes);
  const json::object& image = object_of(answer.body);
  const std::string offered =
      truth(image, "enabled") ? member(image, "percentage") + "% of " + member(image, "board") : "nobody";
  print_done(context, id + " is offered to " + offered, answer.body);
}

}  // namespace

void add_firmware_commands(std::vector<Command>& all) {
  const auto needed = [](const char* name, const char* value, const char* help) {
    Parameter parameter = option(name, value, help);
    parameter.required = true;
    return parameter;
  };
  all.push_back({"firmware list", "Firmware images and who is offered them", {}, firmware});
  all.push_back({"firmware upload",
                 "Uploads an image; a broken upload goes on where it was when run again",
                 {place("FILE", "The application image (*.bin), not the merged one", Hint::kFile),
                  needed("--board", "BOARD", "The board type it is for"),
                  needed("--version", "VERSION", "Its version, e.g. 2.4.2")},
                 upload});
  all.push_back(
      {"firmware rollout",
       "Who is offered an image",
       {place("ID", "As firmware list shows it", Hint::kImage),
        option("--percentage", "N", "0 to 100 of the board's devices; 0: nobody"),
        flag("--enable", "Offer it"), flag("--disable", "Offer it to nobody"),
        option("--minimum-version", "VERSION", "Only to devices at this version or above; \"\" for all"),
        choice("--force", "ON", "on: also where it is not newer", {"on", "off"}),
        option("--notes", "TEXT", "What is new")},
       rollout});
  all.push_back({"firmware remove",
                 "Removes an image",
                 {place("ID", "As firmware list shows it", Hint::kImage)},
                 [](Context& context, const Arguments& arguments) {
                   const std::string id = arguments.text("ID");
                   print_done(context, "removed " + id,
                              context.api.send("DELETE", "/api/v1/firmware/" + encoded(id), {}).body);
                 }});
}

}  // namespace earshot::ctl
