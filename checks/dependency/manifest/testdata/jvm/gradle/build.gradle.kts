plugins {
    `java-library`
    id("com.github.ben-manes.versions") version "0.45.0"
}

val jackson = "2.13.0"

repositories {
    mavenCentral()
    maven {
        name = "acme"
        url = uri("https://maven.acme.example/releases")
    }
}

dependencies {
    api("com.google.guava:guava:31.1-jre")
    implementation(platform("com.fasterxml.jackson:jackson-bom:$jackson"))
    implementation("com.fasterxml.jackson.core:jackson-databind")
    implementation(project(":money"))
    runtimeOnly(group = "org.postgresql", name = "postgresql", version = "42.2.5") // the driver
    testImplementation("junit:junit:4.12")
}
