import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import org.gephi.graph.api.Column;
import org.gephi.graph.api.Edge;
import org.gephi.graph.api.Element;
import org.gephi.graph.api.Graph;
import org.gephi.graph.api.GraphController;
import org.gephi.graph.api.Node;
import org.gephi.io.importer.api.Container;
import org.gephi.io.importer.api.EdgeMergeStrategy;
import org.gephi.io.importer.api.ImportController;
import org.gephi.io.importer.api.Issue;
import org.gephi.io.processor.plugin.DefaultProcessor;
import org.gephi.project.api.ProjectController;
import org.gephi.project.api.Workspace;
import org.openide.util.Lookup;

/** Imports a graph file into Gephi, as its File menu does, and prints what Gephi has then: a line of
 * JSON for each issue of the import, node and edge. */
public final class ReadGraph {
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
        Lookup lookup = Lookup.getDefault();
        ProjectController projects = lookup.lookup(ProjectController.class);
        projects.newProject();
        Workspace workspace = projects.getCurrentWorkspace();
        ImportController imports = lookup.lookup(ImportController.class);
        Container container = imports.importFile(new File(arguments[0]));
        container.getLoader().setEdgesMergeStrategy(EdgeMergeStrategy.NO_MERGE);
        imports.process(container, new DefaultProcessor(), workspace);
        container.getReport().getIssues(Integer.MAX_VALUE).forEachRemaining(issue -> {
            if (issue.getLevel() != Issue.Level.INFO) {
                out.println("{\"issue\":" + json(issue.getMessage()) + "}");
            }
        });
        Graph graph = lookup.lookup(GraphController.class).getGraphModel(workspace).getGraph();
        for (Node node : graph.getNodes()) {
            out.println("{\"node\":" + json(node.getId()) + rest(node) + "}");
        }
        for (Edge edge : graph.getEdges()) {
            out.println("{\"edge\":" + json(edge.getId())
                + ",\"source\":" + json(edge.getSource().getId())
                + ",\"target\":" + json(edge.getTarget().getId())
                + ",\"directed\":" + edge.isDirected() + rest(edge) + "}");
        }
        out.flush();
    }

    private static String rest(Element element) {
        StringJoiner said = new StringJoiner(",");
        for (Column column : element.getAttributeColumns()) {
            Object value = element.getAttribute(column);
            if (value != null && !column.isProperty()) {
                said.add(json(column.getTitle()) + ":" + json(value));
            }
        }
        return ",\"label\":" + json(element.getLabel()) + ",\"known\":{" + said + "}";
    }

    private static String json(Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return String.valueOf(value);
        }
        StringBuilder text = new StringBuilder("\"");
        for (char unit : value.toString().toCharArray()) {
            text.append(String.format("\\u%04x", (int) unit));
        }
        return text.append('"').toString();
    }
}
