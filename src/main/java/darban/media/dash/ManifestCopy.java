package darban.media.dash;

import darban.media.MalformedMedia;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;

/**
 * Copies a manifest of others, changing its addresses and leaving out representations; all else,
 * known here or not, comes out as it came in. Document types are refused, and with them entities of
 * any kind. Used once; confined to one thread.
 */
public final class ManifestCopy {
  /** Longer ones are refused. */
  public static final int LONGEST = 16 << 20;

  private static final int DEEPEST = 64;
  private static final String XLINK = "http://www.w3.org/1999/xlink";
  private static final Map<String, DashUse> TEXTS =
      Map.of(
          "BaseURL", DashUse.BASE,
          "Location", DashUse.LOCATION,
          "PatchLocation", DashUse.LOCATION,
          "ContentSteering", DashUse.STEERING);
  private static final Map<String, Map<String, DashUse>> ATTRIBUTES =
      Map.of(
          "SegmentTemplate",
              Map.of(
                  "media", DashUse.TEMPLATE,
                  "initialization", DashUse.TEMPLATE,
                  "index", DashUse.TEMPLATE,
                  "bitstreamSwitching", DashUse.TEMPLATE),
          "SegmentURL", Map.of("media", DashUse.SEGMENT, "index", DashUse.SEGMENT),
          "Initialization", Map.of("sourceURL", DashUse.SEGMENT),
          "RepresentationIndex", Map.of("sourceURL", DashUse.SEGMENT),
          "BitstreamSwitching", Map.of("sourceURL", DashUse.SEGMENT));
  private static final Set<String> BEFORE_BASE = Set.of("ProgramInformation", "BaseURL");

  private final XMLStreamReader in;
  private final XMLStreamWriter out;
  private final DashRewrite rules;
  private final List<Boolean> kept;
  private final Optional<DashRewrite.Steering> steering;
  private final Deque<String> open = new ArrayDeque<>();
  private boolean baseDone;
  private boolean baseTold;
  private int representation;

  private ManifestCopy(
      XMLStreamReader in, XMLStreamWriter out, DashRewrite rules, OfferSurvey survey) {
    this.in = in;
    this.out = out;
    this.rules = rules;
    this.kept = survey.kept();
    this.steering = rules.steering(survey.root());
  }

  /** The manifest as {@code rules} want it. */
  public static byte[] rewritten(ByteBuffer manifest, DashRewrite rules) {
    String text = text(manifest);
    ByteArrayOutputStream to = new ByteArrayOutputStream(text.length() + 1024);
    try {
      OfferSurvey survey = OfferSurvey.of(reader(text), rules);
      XMLStreamWriter writer =
          XMLOutputFactory.newDefaultFactory()
              .createXMLStreamWriter(to, StandardCharsets.UTF_8.name());
      new ManifestCopy(reader(text), writer, rules, survey).copy();
      writer.close();
    } catch (XMLStreamException broken) {
      throw new MalformedMedia("the manifest is no XML: " + firstLine(broken));
    }
    return to.toByteArray();
  }

  private static String firstLine(XMLStreamException broken) {
    return String.valueOf(broken.getMessage()).lines().reduce((one, last) -> last).orElse("");
  }

  /** The text of a manifest: decoded here, since the JDK's parser prints what is no UTF-8. */
  static String text(ByteBuffer manifest) {
    if (manifest.remaining() > LONGEST) {
      throw new MalformedMedia("the manifest has more than " + LONGEST + " bytes");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(manifest.duplicate()).toString();
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException other) {
      throw new MalformedMedia("the manifest is not UTF-8");
    }
  }

  static XMLStreamReader reader(String text) throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, false);
    factory.setProperty("http://java.sun.com/xml/stream/properties/report-cdata-event", true);
    return factory.createXMLStreamReader(new StringReader(text));
  }

  private void copy() throws XMLStreamException {
    out.writeStartDocument(StandardCharsets.UTF_8.name(), "1.0");
    out.writeCharacters("\n");
    while (in.hasNext()) {
      switch (in.next()) {
        case XMLStreamConstants.START_ELEMENT -> start();
        case XMLStreamConstants.END_ELEMENT -> {
          out.writeEndElement();
          open.pop();
        }
        case XMLStreamConstants.CDATA -> out.writeCData(in.getText());
        case XMLStreamConstants.COMMENT -> out.writeComment(in.getText());
        case XMLStreamConstants.PROCESSING_INSTRUCTION -> instruction();
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.SPACE -> text();
        case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
            throw new MalformedMedia("the manifest has a document type or entities");
        default -> {}
      }
    }
    out.writeEndDocument();
  }

  private void instruction() throws XMLStreamException {
    if (in.getPIData() == null) {
      out.writeProcessingInstruction(in.getPITarget());
    } else {
      out.writeProcessingInstruction(in.getPITarget(), in.getPIData());
    }
  }

  private void start() throws XMLStreamException {
    String name = in.getLocalName();
    if (open.isEmpty() && !name.equals("MPD")) {
      throw new MalformedMedia("it is no manifest: its element is '" + name + "'");
    }
    if (open.size() == DEEPEST) {
      throw new MalformedMedia("the manifest is nested too deeply");
    }
    boolean dropped = name.equals("Representation") && !kept.get(representation++);
    if (dropped || isOtherSteering(name)) {
      skip();
      return;
    }
    if (open.size() == 1) {
      base(name);
    }
    open.push(name);
    writeStart(name);
    DashUse use = TEXTS.get(name);
    if (use != null) {
      boolean root = use == DashUse.BASE && open.size() == 2;
      textOf(root ? DashUse.ROOT : use);
    }
  }

  /** Passes over an element and all in it. */
  private void skip() throws XMLStreamException {
    for (int depth = 1; depth > 0; ) {
      int event = in.next();
      depth += event == XMLStreamConstants.START_ELEMENT ? 1 : 0;
      depth -= event == XMLStreamConstants.END_ELEMENT ? 1 : 0;
    }
  }

  /** Whether it says in the manifest what we say instead. */
  private boolean isOtherSteering(String name) {
    boolean places = steering.map(told -> !told.places().isEmpty()).orElse(false);
    return (steering.isPresent() && name.equals("ContentSteering"))
        || (places && open.size() == 1 && name.equals("BaseURL"));
  }

  /** Puts in addresses that others are relative to, where they may stand and none is told. */
  private void base(String next) throws XMLStreamException {
    if (baseDone || BEFORE_BASE.contains(next)) {
      baseTold |= next.equals("BaseURL");
      return;
    }
    baseDone = true;
    if (!baseTold && rules.base().isPresent()) {
      element("BaseURL", rules.base().get());
    }
    if (steering.isPresent()) {
      steering(steering.get());
    }
  }

  private void steering(DashRewrite.Steering told) throws XMLStreamException {
    for (Map.Entry<String, String> each : told.places().entrySet()) {
      element("BaseURL", each.getValue(), "serviceLocation", each.getKey());
    }
    String first = told.places().keySet().stream().findFirst().orElse("");
    element("ContentSteering", told.server(), "defaultServiceLocation", first);
  }

  /** One of ours, with attributes that are not empty. */
  private void element(String name, String text, String... attributes) throws XMLStreamException {
    start(prefix(), name, in.getNamespaceURI());
    for (int i = 0; i < attributes.length; i += 2) {
      if (!attributes[i + 1].isEmpty()) {
        out.writeAttribute(attributes[i], attributes[i + 1]);
      }
    }
    out.writeCharacters(text);
    out.writeEndElement();
    out.writeCharacters("\n");
  }

  private String prefix() {
    return in.getPrefix() == null ? "" : in.getPrefix();
  }

  private void start(String prefix, String name, @Nullable String namespace)
      throws XMLStreamException {
    if (namespace == null) {
      out.writeStartElement(name);
    } else {
      out.writeStartElement(prefix, name, namespace);
    }
  }

  private void writeStart(String name) throws XMLStreamException {
    start(prefix(), name, in.getNamespaceURI());
    for (int i = 0; i < in.getNamespaceCount(); i++) {
      String declared = in.getNamespacePrefix(i);
      String uri = in.getNamespaceURI(i) == null ? "" : in.getNamespaceURI(i);
      if (declared == null || declared.isEmpty()) {
        out.writeDefaultNamespace(uri);
      } else {
        out.writeNamespace(declared, uri);
      }
    }
    for (int i = 0; i < in.getAttributeCount(); i++) {
      attribute(name, i);
    }
  }

  private void attribute(String element, int i) throws XMLStreamException {
    String name = in.getAttributeLocalName(i);
    String namespace = in.getAttributeNamespace(i);
    String value = in.getAttributeValue(i);
    if (namespace == null || namespace.isEmpty()) {
      out.writeAttribute(name, changed(element, name, value));
    } else {
      boolean link = namespace.equals(XLINK) && name.equals("href") && !value.startsWith("urn:");
      out.writeAttribute(
          in.getAttributePrefix(i),
          namespace,
          name,
          link ? rules.rewritten(DashUse.LINK, value) : value);
    }
  }

  private String changed(String element, String name, String value) {
    if (element.equals("UTCTiming") && name.equals("value")) {
      String scheme = in.getAttributeValue(null, "schemeIdUri");
      boolean http = scheme != null && scheme.startsWith("urn:mpeg:dash:utc:http-");
      return http ? rules.rewritten(DashUse.CLOCK, value) : value;
    }
    DashUse use = ATTRIBUTES.getOrDefault(element, Map.of()).get(name);
    return use == null ? value : rules.rewritten(use, value);
  }

  /** The text of an element that is an address; it may come in several parts. */
  private void textOf(DashUse use) throws XMLStreamException {
    String text = in.getElementText();
    String address = text.strip();
    out.writeCharacters(address.isEmpty() ? text : rules.rewritten(use, address));
    out.writeEndElement();
    open.pop();
  }

  private void text() throws XMLStreamException {
    // The JDK gives carriage returns only where they were written as references.
    out.writeCharacters(in.getText());
  }
}
