/* SPDX-License-Identifier: Apache-2.0 */
#include "report/words.h"

#include "base/stamp.h"

#include <assert.h>

static const char *const words[][LANGUAGES] = {
    [WORD_WHERE] = {"where", "場所"},
    [WORD_IMAGE] = {"image", "イメージ"},
    [WORD_SEEN] = {"seen", "発生"},
    [WORD_AFFECTED] = {"affected", "影響"},
    [WORD_ALSO] = {"also", "併発"},
    [WORD_WHY] = {"why", "理由"},
    [WORD_EVIDENCE] = {"evidence", "ログ"},
    [WORD_TO_DO] = {"What to do", "対処方法"},
    [WORD_LOOK] = {"look", "確認"},
    [WORD_CHANGE] = {"CHANGE", "【変更】"},
    [WORD_DO] = {"do", "作業"},
    [WORD_FIND] = {"find", "調べ方"},
    [WORD_UNTOLD] = {"the log does not tell; put in your own",
                     "ログからは分かりません。実際の値に置き換えてください"},
    [WORD_IF] = {"if", "条件"},
    [WORD_FIRST_IF] = {"first if", "優先条件"},
    [WORD_MORE] = {"Also possible (in full:", "ほかの対処方法 (詳細:"},
    [WORD_SOURCES] = {"Sources", "参考資料"},
    [WORD_SUMMARY] = {"Summary", "まとめ"},
    [WORD_COMMA] = {", ", "、"},
    [WORD_ON] = {" on ", "、"},
    [WORD_AND_MORE] = {" and # more", " ほか # 件"},
    [WORD_ONCE] = {"once", "1 回"},
    [WORD_TIMES] = {"# times", "# 回"},
    [WORD_POD] = {"# pod", "Pod # 個"},
    [WORD_PODS] = {"# pods", "Pod # 個"},
    [WORD_NODE] = {"# node", "ノード # 台"},
    [WORD_NODES] = {"# nodes", "ノード # 台"},
    [WORD_WITHIN] = {" in ", " / "},
    [WORD_LAST] = {"last ", "最新 "},
    [WORD_TO] = {" to ", " ～ "},
    [WORD_AGO] = {" ago", "前"},
    [WORD_SECONDS] = {"# s", "# 秒"},
    [WORD_MINUTES] = {"# min", "# 分"},
    [WORD_HOURS] = {"# h", "# 時間"},
    [WORD_DAYS] = {"# days", "# 日"},
    [WORD_SANDBOX] = {"the sandbox (pause) image: no pod of the node can start",
                      "サンドボックス (pause) イメージのため、このノードでは "
                      "Pod を起動できません"},
    [WORD_INCIDENT] = {"# incident", "インシデント # 件"},
    [WORD_INCIDENTS] = {"# incidents", "インシデント # 件"},
    [WORD_TIMES_IN] = {"times in ", "時刻は "},
    [WORD_COURSE] = {"course", "経過"},
    [WORD_BEFORE] = {"before", "過去"},
    [WORD_BEGAN] = {"began", "発生"},
    [WORD_PEAK] = {"# times in one minute, the most", "1 分間に # 回 (最多)"},
    [WORD_LAST_TIME] = {"last time", "最後の発生"},
    [WORD_RESOLVED_AFTER] = {"resolved after #", "# で解決"},
    [WORD_QUIET_AFTER] = {"quiet after #, no pull seen",
                          "# で沈静化 (プルの成功は未確認)"},
    [WORD_UNRESOLVED] = {"not resolved", "未解決"},
    [WORD_PULLED_AGAIN] = {"then pulled: ", "その後プルに成功: "},
    [WORD_ADVICE_THEN] = {"first advice: ", "最初の対処案: "},
    [WORD_OTHER_THEN] = {"other than now: ", "今回と異なる点: "},
    [WORD_COLUMN_SEVERITY] = {"severity", "重要度"},
    [WORD_COLUMN_CAUSE] = {"cause", "原因"},
    [WORD_COLUMN_COUNT] = {"count", "回数"},
    [WORD_COLUMN_PODS] = {"pods", "Pod"},
    [WORD_COLUMN_FIRST] = {"first (UTC)", "最初 (UTC)"},
    [WORD_COLUMN_LAST] = {"last (UTC)", "最新 (UTC)"},
    [WORD_COLUMN_STATE] = {"state", "状態"},
    [WORD_SEVERITY + SEVERITY_INFO] = {"info", "情報"},
    [WORD_SEVERITY + SEVERITY_WARNING] = {"warning", "警告"},
    [WORD_SEVERITY + SEVERITY_ERROR] = {"error", "エラー"},
    [WORD_SEVERITY + SEVERITY_CRITICAL] = {"critical", "重大"},
    [WORD_MARK + SEVERITY_INFO] = {"INFO", "情報"},
    [WORD_MARK + SEVERITY_WARNING] = {"WARNING", "警告"},
    [WORD_MARK + SEVERITY_ERROR] = {"ERROR", "エラー"},
    [WORD_MARK + SEVERITY_CRITICAL] = {"CRITICAL", "重大"},
    [WORD_SCOPE + SCOPE_REGISTRY] = {"one incident per registry",
                                     "レジストリごとに 1 件"},
    [WORD_SCOPE +
        SCOPE_IMAGE] = {"one incident per image", "イメージごとに 1 件"},
    [WORD_SCOPE + SCOPE_NODE] = {"one incident per node", "ノードごとに 1 件"},
    [WORD_SCOPE + SCOPE_POD] = {"one incident per pod", "Pod ごとに 1 件"},
    [WORD_NATURE +
        NATURE_TRANSIENT] = {"goes away by itself", "時間がたてば解消する"},
    [WORD_NATURE +
        NATURE_PERMANENT] = {"stays until it is repaired", "対処するまで続く"},
    [WORD_NATURE +
        NATURE_EITHER] = {"may go away by itself", "自然に解消することもある"},
    [WORD_NATURE +
        NATURE_NONE] = {"a mark, not a cause", "原因そのものではない"},
    [WORD_STATE + INCIDENT_NONE] = {"none", "なし"},
    [WORD_STATE + INCIDENT_OPEN] = {"open", "継続中"},
    [WORD_STATE + INCIDENT_QUIET] = {"quiet", "沈静化"},
    [WORD_STATE + INCIDENT_RESOLVED] = {"resolved", "解決済み"},
    [WORD_STATE + INCIDENT_JOINED] = {"joined", "統合済み"},
    [WORD_CHANGED + CHANGE_NOTHING] = {"unchanged", "変化なし"},
    [WORD_CHANGED + CHANGE_OPENED] = {"opened", "発生"},
    [WORD_CHANGED + CHANGE_UPDATED] = {"updated", "更新"},
    [WORD_CHANGED + CHANGE_RESOLVED] = {"resolved", "解決"},
    [WORD_CHANGED + CHANGE_REOPENED] = {"reopened", "再発"},
    [WORD_CHANGED + CHANGE_QUIET] = {"quiet", "沈静化"},
};
static_assert(COUNT(words) == WORDS, "one row for each word");

struct slice
words_get(enum word word, enum language language)
{
    return slice_from(words[word][language]);
}

struct slice
words_of(enum word first, unsigned value, enum language language)
{
    return words_get((enum word)(first + value), language);
}

void
words_add(struct buf *out, enum word word, enum language language)
{
    buf_add(out, words_get(word, language));
}

void
words_add_number(struct buf *out, enum word word, enum language language,
                 uint64_t number)
{
    struct slice rest = words_get(word, language);
    struct slice head;
    if (slice_cut(&rest, '#', &head)) {
        buf_add(out, head);
        buf_add_number(out, number);
    }
    buf_add(out, rest);
}

void
words_add_span(struct buf *out, enum language language, int64_t us)
{
    static const struct {
        int64_t below; /* from here on the next unit says enough */
        int64_t unit;
        enum word word;
    } units[] = {
        {STAMP_MINUTE * 2, STAMP_SECOND, WORD_SECONDS},
        {STAMP_HOUR * 2, STAMP_MINUTE, WORD_MINUTES},
        {STAMP_DAY * 2, STAMP_HOUR, WORD_HOURS},
        {INT64_MAX, STAMP_DAY, WORD_DAYS},
    };

    size_t i = 0;
    int64_t span = us > 0 ? us : 0;
    while (i + 1 < COUNT(units) && span >= units[i].below) {
        i++;
    }
    words_add_number(out, units[i].word, language,
                     (uint64_t)(span / units[i].unit));
}

struct slice
words_vendor(struct slice vendor)
{
    static const struct {
        const char *fact;
        const char *name;
    } vendors[] = {
        {"acr", "Azure Container Registry"},
        {"mcr", "Microsoft Artifact Registry"},
        {"ecr", "Amazon Elastic Container Registry"},
        {"gar", "Google Artifact Registry"},
        {"dockerhub", "Docker Hub"},
        {"ghcr", "GitHub Container Registry"},
        {"quay", "Quay"},
        {"k8s", "registry.k8s.io"},
    };

    for (size_t i = 0; i < COUNT(vendors); i++) {
        if (slice_equal(vendor, slice_from(vendors[i].fact))) {
            return slice_from(vendors[i].name);
        }
    }
    return SLICE("");
}
