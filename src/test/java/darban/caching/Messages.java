package darban.caching;

import darban.http.FieldName;
import darban.http.Fields;
import darban.http.HttpDate;
import darban.http.Method;
import darban.http.RequestHead;
import darban.http.ResponseHead;
import darban.http.Target;
import darban.http.Version;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Messages from the words of a table. */
final class Messages {
  private static final Pattern DATE = Pattern.compile("\\{(-?\\d+)\\}");

  private Messages() {}

  /**
   * Fields of {@code Name: value & Name: value}; null for none. <code>{-5}</code> is the date five
   * seconds before {@code now}.
   */
  static Fields fields(@Nullable String text, long now) {
    if (text == null || text.isBlank()) {
      return Fields.NONE;
    }
    Fields.Builder fields = Fields.builder(4);
    for (String line : text.strip().split(" & ")) {
      int colon = line.indexOf(':');
      fields.add(
          FieldName.of(line.substring(0, colon).strip()),
          dated(line.substring(colon + 1).strip(), now));
    }
    return fields.build();
  }

  private static String dated(String value, long now) {
    Matcher m = DATE.matcher(value);
    return m.replaceAll(found ->
        HttpDate.format(Instant.ofEpochMilli(now).plusSeconds(Long.parseLong(found.group(1)))));
  }

  static RequestHead request(String method, String path, Fields fields) {
    return new RequestHead(
        Version.HTTP_1_1, Method.of(method), Target.origin(path), "a.test", fields, null);
  }

  static ResponseHead response(int status, @Nullable String fields, long now) {
    return new ResponseHead(status, fields(fields, now));
  }
}
