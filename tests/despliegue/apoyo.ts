import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { variablesApi } from 'aeroalpes-api/config/variables.ts'
import { conServidorDeCorreo, variablesDeSalud, variablesNotificaciones } from 'notificaciones/variables.ts'
import { unSoloBroker, variablesBroker } from 'seedwork/infraestructura/broker/variables.ts'
import { variablesDeApi, variablesProceso } from 'seedwork/infraestructura/proceso/variables.ts'
import { GEMELA, type Regla, type Variable } from 'seedwork/infraestructura/variables.ts'
import { variablesSidecar } from 'sidecar/variables.ts'
import { variablesUi } from 'ui/variables.ts'
import { parse } from 'yaml'

export const RAIZ = join(import.meta.dirname, '..', '..')
export const NOMBRES = ['api', 'notificaciones', 'sidecar', 'ui'] as const
export type Nombre = (typeof NOMBRES)[number]

export const leer = (ruta: string): string => readFileSync(join(RAIZ, ruta), 'utf8')

/** Lo que cada proceso lee de su entorno, como lo junta su `main.ts`. */
export const ESQUEMAS: Readonly<
  Record<Nombre, Readonly<{ esquema: Readonly<Record<string, Variable<unknown>>>; reglas: readonly Regla[] }>>
> = {
  api: { esquema: variablesApi, reglas: [unSoloBroker] },
  notificaciones: {
    esquema: { ...variablesProceso, ...variablesNotificaciones, ...variablesDeSalud, ...variablesDeApi, ...variablesBroker },
    reglas: [unSoloBroker, conServidorDeCorreo],
  },
  sidecar: { esquema: { ...variablesProceso, ...variablesSidecar }, reglas: [] },
  ui: { esquema: { ...variablesProceso, ...variablesUi, ...variablesDeApi, ...variablesBroker }, reglas: [unSoloBroker] },
}

export type Instruccion = Readonly<{ orden: string; texto: string }>

/** Las instrucciones de un Dockerfile, con sus líneas unidas y sin comentarios. */
export const instrucciones = (nombre: Nombre): readonly Instruccion[] =>
  leer(`despliegue/imagenes/${nombre}.Dockerfile`)
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((linea) => linea !== '')
    .map((linea) => ({ orden: linea.slice(0, linea.indexOf(' ')), texto: linea.slice(linea.indexOf(' ') + 1) }))

/** Las de la última etapa: lo que la imagen es. */
export const etapaFinal = (nombre: Nombre): readonly Instruccion[] => {
  const todas = instrucciones(nombre)
  return todas.slice(todas.findLastIndex(({ orden }) => orden === 'FROM'))
}

/** El entorno que la imagen trae puesto. */
export const entornoDeImagen = (nombre: Nombre): Readonly<Record<string, string>> =>
  Object.fromEntries(
    etapaFinal(nombre)
      .filter(({ orden }) => orden === 'ENV')
      .flatMap(({ texto }) => texto.split(' ').map((par) => par.split('=', 2) as [string, string])),
  )

/** Lo de la imagen que no es del sistema: lo suyo y lo de Node. */
const DE_NODE = ['NODE_ENV', 'MALLOC_ARENA_MAX']

/** Las que `nombre` no lee, y las secretas cuyo valor está escrito. */
export const faltasDelEntorno = (nombre: Nombre, env: Readonly<Record<string, string>>): readonly string[] => {
  const { esquema } = ESQUEMAS[nombre]
  return Object.entries({ ...entornoDeImagen(nombre), ...env }).flatMap(([variable, valor]) => {
    const deArchivo = variable.endsWith(GEMELA) ? esquema[variable.slice(0, -GEMELA.length)] : undefined
    if (deArchivo?.secreta || DE_NODE.includes(variable)) return []
    const declarada = esquema[variable]
    if (declarada === undefined) return [`${nombre} no lee ${variable}`]
    return declarada.secreta && /:[^/]*@|^[^:]+$/.test(valor) ? [`${nombre}: el valor de ${variable} está escrito`] : []
  })
}

/** Una etiqueta que siempre es la misma imagen: con número de versión entero. */
export const esExacta = (imagen: string): boolean => /:v?\d+\.\d+(?:\.\d+)?(?:-[a-z]+)*$/.test(imagen)

export type Servicio = Readonly<{
  image: string
  build?: Readonly<{ context: string; dockerfile: string }>
  profiles: readonly string[]
  command?: readonly string[]
  environment?: Readonly<Record<string, string | number>>
  ports?: readonly string[]
  volumes?: readonly string[]
  read_only?: boolean
  cap_drop?: readonly string[]
  healthcheck?: Readonly<{ test: readonly string[] }>
  depends_on?: Readonly<Record<string, Readonly<{ condition: string; required?: boolean }>>>
  stop_grace_period?: string
}>

/** docker-compose.yml con las variables que `env` dé y, si no, con lo que cada una vale por defecto. */
export const leerCompose = (env: Readonly<Record<string, string>> = {}): Readonly<Record<string, Servicio>> => {
  const texto = leer('docker-compose.yml').replaceAll(
    /\$\{(\w+):-([^}]*)\}/g,
    (_, nombre: string, defecto: string) => env[nombre] || defecto,
  )
  return parse(texto, { merge: true }).services
}

/** Qué imagen nuestra corre un servicio, si es una de las nuestras. */
export const nombreDe = ({ image }: Readonly<{ image: string }>): Nombre | undefined =>
  NOMBRES.find((nombre) => image.startsWith(`aeroalpes/${nombre}:`))

export const entornoDe = ({ environment = {} }: Servicio): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(environment).map(([nombre, valor]) => [nombre, String(valor)]))
