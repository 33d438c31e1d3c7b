# Where the classes are that the client needs: Jackson comes in the generator's own archive, the
# annotations from Debian. A project of its own would leave this to Maven.
generator=$(python -c 'import openapi_generator_cli; print(openapi_generator_cli.__path__[0])')
echo "$generator/openapi-generator.jar:/usr/share/java/geronimo-annotation-1.3-spec.jar"
