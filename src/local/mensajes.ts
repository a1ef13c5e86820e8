import { parseArgs } from 'node:util'
import { variablesApi } from 'aeroalpes-api/config/variables.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { prepararCarpeta } from 'seedwork/infraestructura/proceso/carpeta.ts'
import { claveDe } from 'seedwork/infraestructura/proceso/clave.ts'
import { comoSeDice } from 'seedwork/infraestructura/proceso/remediable.ts'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { type ApartadoVisto, type Mensajeria, mensajeriaDeCarpeta } from './mensajeria.ts'

const USO = `Uso: npm run mensajes -- ver | reintentar [--topico T] [--suscripcion S] [--llave L] [--codigo C] [--json]

  ver         los mensajes que ningún reintento arregló, en orden, con su causa
  reintentar  los devuelve, en orden, a la suscripción que los apartó`

/** La línea de comandos de lo apartado. Sale con 2 si la orden no se entiende. */
const ejecutar = async (argumentos: string[]): Promise<number> => {
  const entendida = entender(argumentos)
  if (entendida === undefined) {
    console.error(USO)
    return 2
  }
  const { orden, filtro, json } = entendida
  const variables = leerVariables(variablesApi, process.env)
  const carpeta = prepararCarpeta(variables.AEROALPES_DATOS)
  const mensajeria = await mensajeriaDeCarpeta(carpeta, {
    entorno: entornoReal,
    broker: variables.BROKER,
    base: variables.BASE_DATOS,
    clave: () => claveDe(variables, carpeta),
  })
  try {
    await ORDENES[orden](mensajeria, filtro, json)
    return 0
  } finally {
    await mensajeria.cerrar()
  }
}

const texto = { type: 'string' } as const
const OPCIONES = { topico: texto, suscripcion: texto, llave: texto, codigo: texto, json: { type: 'boolean' } } as const

type Entendida = Readonly<{ orden: keyof typeof ORDENES; filtro: Filtro; json: boolean }>

const entender = (args: string[]): Entendida | undefined => {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPCIONES })
    const { json = false, ...filtro } = values
    const [orden, ...sobran] = positionals
    return (orden === 'ver' || orden === 'reintentar') && sobran.length === 0 ? { orden, filtro, json } : undefined
  } catch {
    return undefined // una opción que no existe, o a la que le falta su valor
  }
}

type Filtro = Parameters<Mensajeria['ver']>[0]

const ORDENES = {
  ver: async (mensajeria: Mensajeria, filtro: Filtro, json: boolean) => {
    const apartados = await mensajeria.ver(filtro)
    if (json) return console.log(JSON.stringify(apartados))
    for (const apartado of apartados) console.log(comoLinea(apartado))
    console.log(apartados.length === 0 ? 'Nada apartado.' : `${cuantos(apartados.length, 'apartado')}.`)
  },
  reintentar: async (mensajeria: Mensajeria, filtro: Filtro, json: boolean) => {
    const reintentados = await mensajeria.reintentar(filtro)
    if (json) return console.log(JSON.stringify({ reintentados }))
    console.log(reintentados === 0 ? 'Nada que reintentar.' : `${cuantos(reintentados, 'reintentado')}.`)
  },
}

const cuantos = (total: number, que: string): string => `${total} ${que}${total === 1 ? '' : 's'}`

const comoLinea = ({ topico, suscripcion, llave, tipo, codigo, causa, intentos, apartado, id }: ApartadoVisto): string =>
  `${apartado}  ${topico} → ${suscripcion}  ${tipo || '(sin tipo)'}  llave=${llave ?? '-'}  intentos=${intentos}\n  ${codigo}: ${causa}\n  id=${id}`

process.exitCode = await ejecutar(process.argv.slice(2)).catch((error: unknown) => {
  console.error(comoSeDice(error))
  return 1
})
