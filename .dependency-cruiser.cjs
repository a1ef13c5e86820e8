// Qué puede importar qué. Se lee con docs de dependency-cruiser al lado; `npm run check` lo corre. Las pruebas importan lo que quieran.
const PRUEBAS = ['\\.test\\.ts$', '^(?:tests|pruebas|bench|herramientas)/']
/** El tipo de la transacción: el único puerto que un repositorio del dominio nombra. */
const TX = '^src/seedwork/infraestructura/almacen/puerto\\.ts$'
const regla = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { ...from, pathNot: [...PRUEBAS, ...(from.pathNot ?? [])] },
  to,
})

module.exports = {
  forbidden: [
    regla(
      'servicios-aislados',
      'Cada carpeta de src/ se despliega por su cuenta: importa lo suyo y el seedwork, que no importa a nadie. Sólo src/local compone a las demás.',
      { path: '^src/([^/]+)/', pathNot: ['^src/local/'] },
      { path: '^(?:src|tests|bench|herramientas)/', pathNot: '^src/(?:$1|seedwork)/' },
    ),
    regla(
      'dominio-puro',
      'El dominio sólo conoce su propio dominio, el del seedwork y lo que node trae: ni paquetes, ni entrada y salida de otros. Un repositorio nombra la tx.',
      { path: '^(src/.*/)dominio/' },
      { pathNot: ['^$1dominio/', '^src/seedwork/dominio/', TX], dependencyTypesNot: ['core'] },
    ),
    regla(
      'dominio-puro-aplicacion',
      'La aplicación decide con puertos: no conoce la infraestructura de su módulo, ni el servidor HTTP, ni el constructor de SQL.',
      { path: '^(src/.*/)aplicacion/' },
      { path: ['^$1infraestructura/', 'node_modules/(?:fastify|@fastify|kysely|pg|avsc)/'], pathNot: '^src/seedwork/infraestructura/' },
    ),
    regla(
      'dominio-puro-puertos',
      'De la infraestructura del seedwork, la aplicación usa los tipos de sus puertos y nada que corra.',
      { path: '^src/.*/aplicacion/', pathNot: ['^src/seedwork/'] },
      { path: '^src/seedwork/infraestructura/', dependencyTypesNot: ['type-only'] },
    ),
    regla(
      'modulos-por-su-puerta',
      'Un módulo ve de otro sólo su index.ts.',
      { path: '^(src/[^/]+/modulos/)([^/]+)/' },
      { path: '^$1', pathNot: ['^$1$2/', '^$1[^/]+/index\\.ts$'] },
    ),
    regla(
      'modulos-por-su-puerta-desde-fuera',
      'La API, la composición y los demás entran a un módulo por su index.ts.',
      { path: '^src/', pathNot: ['^src/[^/]+/modulos/'] },
      { path: '^src/[^/]+/modulos/[^/]+/(?!index\\.ts$)' },
    ),
    {
      name: 'comprobador-independiente',
      comment:
        'Quien juzga no usa nada de lo que juzga: ni el producto, ni las pruebas, ni paquetes. Sólo lo que node trae y los archivos que lee.',
      severity: 'error',
      from: { path: '^pruebas/comprobador/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^pruebas/comprobador/', dependencyTypesNot: ['core'] },
    },
    { name: 'sin-ciclos', comment: 'Tampoco de sólo tipos.', severity: 'error', from: {}, to: { circular: true } },
    regla(
      'sin-dependencias-fantasma',
      'Lo que se importa se declara en el package.json de la propia carpeta: así se puede copiar a otro repositorio.',
      { path: '^src/' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    ),
    { name: 'sin-imports-rotos', comment: 'No se encuentra.', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
}
