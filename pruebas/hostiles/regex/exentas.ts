type Exencion = Readonly<{ /** Cómo empieza su lugar. */ donde: string; porque: string }>

const de = (porque: string, ...lugares: readonly string[]): readonly Exencion[] =>
  lugares.map((lugar) => ({ donde: `node_modules/${lugar}`, porque }))

/** Expresiones lentas de dependencias a las que ninguna entrada de fuera llega, o no llega larga. Una cuyo lugar ya no existe es una falta. */
export const EXENTAS: readonly Exencion[] = [
  ...de('leen los argumentos de programas de terminal que aquí no se corren', 'cliui/', 'yargs/', 'yargs-parser/', 'minimist/'),
  ...de('corre al instalar, y aquí se instala sin guiones', 'esbuild/install.js'),
  ...de('es para navegadores: en este proceso no se carga', 'pino/browser.js'),
  ...de('lee la plantilla de las líneas, que no se usa', 'pino-pretty/lib/utils/interpret-conditionals.js'),
  ...de(
    'mira, al arrancar, opciones y esquemas escritos en el código',
    '@fastify/swagger-ui/lib/serialize.js',
    'fast-json-stringify/',
    'fastify/lib/plugin-utils.js',
  ),
  ...de('lee duraciones escritas en el código', '@lukeed/ms/', 'ms/'),
  ...de('lee la dirección de quien se conecta, que pone el sistema; no se confía en ninguna cabecera de un proxy', 'ipaddr.js/'),
  ...de('lee patrones de archivos escritos en el código', 'minimatch/'),
  ...de('lee los .proto de este repositorio y los nombres que hay en ellos', 'lodash.camelcase/', 'protobufjs/'),
  ...de(
    'lee la dirección del servidor de correo y lo que él responde; los dos los pone quien opera',
    'nodemailer/dist/esm/nodemailer.js',
    'nodemailer/dist/esm/smtp-connection/',
  ),
  ...de('parte las cabeceras de un correo: llevan nombres de hasta 80 letras', 'nodemailer/dist/esm/mime-funcs/'),
  ...de(
    'pasa un correo de HTML a texto cuando no trae texto, y los que el buzón guarda traen los dos',
    'postal-mime/dist/esm/text-format.js',
  ),
  ...de('lee fechas e intervalos de PostgreSQL: los instantes se guardan como enteros', 'postgres-date/', 'postgres-interval/'),
  ...de('lee anotaciones de fechas: los textos que recibe los escribe este código, de diecinueve letras', 'temporal-polyfill/'),
  ...de('son de la caché y de las direcciones data:, que no se usan', 'undici/lib/util/cache.js', 'undici/lib/web/fetch/data-url.js'),
  ...de('interpreta YAML: aquí sólo se escribe, y es el documento de la API', 'yaml/'),
  ...de('lee el lenguaje de esquemas de Avro: aquí llegan como JSON', 'avsc/lib/specs.js'),
  ...de('es el formato `url`, que ningún esquema de aquí pide', 'ajv-formats/dist/formats.js:23'),
  ...de('lee, al arrancar, la pila de llamadas de quien registra un complemento', 'fastify-plugin/lib/getPluginName.js'),
]
