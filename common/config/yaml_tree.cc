#include "common/config/yaml_tree.h"

#include <yaml-cpp/yaml.h>

#include <string>

namespace earshot {

namespace {

struct TreeTrouble {
  Error error;
};

class TreeBuilder {
 public:
  explicit TreeBuilder(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  json::value value_of(const YAML::Node& node, std::size_t depth) {
    if (++nodes_ > kMaxYamlNodes) throw TreeTrouble{{ErrorCode::kTooLarge, "it has too many entries"}};
    if (depth > json::kMaxDepth) throw TreeTrouble{{ErrorCode::kInvalid, "it is nested too deeply"}};
    switch (node.Type()) {
      case YAML::NodeType::Map: {
        json::object object;
        for (const auto& item : node) {
          if (!item.first.IsScalar()) throw TreeTrouble{{ErrorCode::kInvalid, "a key is no plain word"}};
          count_bytes(item.first.Scalar());
          object[item.first.Scalar()] = value_of(item.second, depth + 1);
        }
        return object;
      }
      case YAML::NodeType::Sequence: {
        json::array array;
        for (const auto& item : node) array.push_back(value_of(item, depth + 1));
        return array;
      }
      case YAML::NodeType::Scalar:
        return scalar(node);
      case YAML::NodeType::Null:
      case YAML::NodeType::Undefined:
        break;
    }
    return nullptr;
  }

 private:
  // "?": it stands without quotation marks.
  json::value scalar(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    count_bytes(text);
    bool truth = false;
    if (node.Tag() == "?" && YAML::convert<bool>::decode(node, truth) && text.size() > 1) return truth;
    return json::value(text);
  }

  // Before it is copied.
  void count_bytes(const std::string& text) {
    bytes_ += text.size();
    if (bytes_ > max_bytes_) throw TreeTrouble{{ErrorCode::kTooLarge, "its aliases make it too large"}};
  }

  std::size_t max_bytes_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace

Result<json::value> yaml_tree(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes)
    return Error{ErrorCode::kTooLarge, "it is larger than " + std::to_string(max_bytes) + " bytes"};
  try {
    return TreeBuilder(2 * max_bytes).value_of(YAML::Load(std::string(text)), 0);
  } catch (const TreeTrouble& trouble) {
    return trouble.error;
  } catch (const YAML::Exception& failure) {
    return Error{ErrorCode::kInvalid, "line " + std::to_string(failure.mark.line + 1) + ": " + failure.msg};
  }
}

}  // namespace earshot
