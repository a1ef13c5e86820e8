// Lo que se genera del código y se guarda con él: contratos/, los mensajes de gRPC, .env.example, las partes de docs/ que cuentan cómo está conectado
// y la tabla de los README, que sale de evidencia/.
// Con --escribir lo escribe; sin él, dice en qué difiere y falla.
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { PROBLEMAS } from 'aeroalpes-api/api/problemas.ts'
import { topicos } from 'aeroalpes-api/sistema.ts'
import { type Archivo, archivosDeTexto } from './archivos.ts'
import { conPartes, partesDeArquitectura } from './contratos/arquitectura.ts'
import { asyncapi } from './contratos/asyncapi.ts'
import { tablaDeEvidencia } from './contratos/evidencia.ts'
import { codigoGrpc, GENERADO_GRPC } from './contratos/grpc.ts'
import { paginaDePuntosDeCaida } from './contratos/puntos_de_caida.ts'
import { tiposDeMensajes } from './contratos/tipos.ts'
import { ejemploDeEntorno } from './contratos/variables.ts'
import { conProceso } from './proceso_de_paso.ts'

export const REMEDIO = 'corre: npm run check -- --escribir'
const RAIZ = dirname(import.meta.dirname)
const AVRO = 'contratos/avro'
/** Las carpetas donde todo es generado: lo que nadie genera, sobra. */
const GENERADAS = [`${AVRO}/**`, `${GENERADO_GRPC}/**`]

const json = (valor: unknown): string => `${JSON.stringify(valor, null, 2)}\n`

/** La misma especificación que la API sirve en `/spec`. */
const openapi = (): Promise<unknown> => conProceso(async (api) => (await fetch(`${api}/spec`)).json())

/** Todo lo generado, con el texto que debe tener. Sale igual cada vez que el código es el mismo. */
export const generados = async (raiz: string): Promise<readonly Archivo[]> => {
  const archivos = archivosDeTexto(raiz)
  const con = (ruta: string, partes: Readonly<Record<string, string>>): Archivo => ({
    ruta,
    texto: conPartes(readFileSync(join(raiz, ruta), 'utf8'), partes),
  })
  return [
    { ruta: 'contratos/openapi.json', texto: json(await openapi()) },
    { ruta: 'contratos/asyncapi.json', texto: json(asyncapi()) },
    ...topicos.map(({ nombre, esquema }) => ({ ruta: `${AVRO}/${nombre}.avsc`, texto: json(esquema) })),
    { ruta: 'contratos/mensajes.ts', texto: tiposDeMensajes(topicos) },
    { ruta: 'contratos/problemas.json', texto: json(PROBLEMAS) },
    ...codigoGrpc(raiz),
    { ruta: '.env.example', texto: ejemploDeEntorno() },
    { ruta: 'docs/puntos_de_caida.md', texto: paginaDePuntosDeCaida(archivos) },
    con('docs/arquitectura.md', partesDeArquitectura(raiz, archivos)),
    con('README.md', { evidencia: tablaDeEvidencia(raiz, 'es') }),
    con('README.en.md', { evidencia: tablaDeEvidencia(raiz, 'en') }),
  ]
}

/** En qué difiere lo guardado de lo que el código genera, una frase por archivo; ninguna si está al día. */
export const diferencias = (raiz: string, esperados: readonly Archivo[]): readonly string[] => {
  const distintos = esperados.flatMap(({ ruta, texto }) => {
    const archivo = join(raiz, ruta)
    if (!existsSync(archivo)) return [`Falta ${ruta}, que se genera del código; ${REMEDIO}`]
    return readFileSync(archivo, 'utf8').replaceAll('\r\n', '\n') === texto ? [] : [`${ruta} ya no es lo que el código genera; ${REMEDIO}`]
  })
  const sobran = globSync(GENERADAS, { cwd: raiz, withFileTypes: true })
    .filter((entrada) => entrada.isFile())
    .map((entrada) => relative(raiz, join(entrada.parentPath, entrada.name)).replaceAll('\\', '/'))
    .filter((ruta) => !esperados.some((esperado) => esperado.ruta === ruta))
  return [...distintos, ...sobran.toSorted().map((ruta) => `${ruta} ya no sale de nada: bórralo.`)]
}

export const escribir = (raiz: string, archivos: readonly Archivo[]): void => {
  for (const { ruta, texto } of archivos) {
    mkdirSync(dirname(join(raiz, ruta)), { recursive: true })
    writeFileSync(join(raiz, ruta), texto)
  }
}

if (import.meta.main) {
  const esperados = await generados(RAIZ)
  if (process.argv.includes('--escribir')) escribir(RAIZ, esperados)
  const faltas = diferencias(RAIZ, esperados)
  for (const falta of faltas) console.error(falta)
  process.exitCode = faltas.length === 0 ? 0 : 1
}
