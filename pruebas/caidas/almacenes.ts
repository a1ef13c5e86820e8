import { cpSync } from 'node:fs'
import { abrirServidorPostgres, conCliente } from 'seedwork/pruebas/postgres.ts'
import { nuevaSesion } from 'ui/web/sesion.ts'
import { crearCliente } from '../../tests/apoyo/cliente.ts'
import { buscar, dentroDe } from '../../tests/apoyo/ofertas.ts'
import { escuchar } from '../../tests/apoyo/ui.ts'
import { type Banco, unBanco } from '../../tests/procesos/apoyo/servidor.ts'
import { carpetaNueva } from './carpetas.ts'

export type Almacen = 'sqlite' | 'postgres'
export type AlTerminar = Readonly<{ after: (que: () => void | Promise<void>) => void }>

/** Lo que ve todo proceso de la prueba. */
export const COMUN = { UI_EMITIR_TODO: '1', AEROALPES_AEROLINEA: 'acepta' }

/** Un sistema que ya arrancó una vez, con ofertas por comprar, del que cada corrida empieza con una copia. */
export type Plantilla = Readonly<{
  almacen: Almacen
  ofertas: readonly string[]
  /** Lo último que una página habría visto. */
  posicion: string
  /** Deja la copia en la carpeta y da la dirección de la base, si no es un archivo. */
  copiar: (carpeta: string) => Promise<string | undefined>
}>

/** Para cuándo se buscan: muchas ofertas, para que a pocas les cambie el precio mientras se venden. */
const DIAS = Array.from({ length: 12 }, (_, i) => 20 + 3 * i)

const primeraVida = async (banco: Banco, env: Readonly<Record<string, string>>): Promise<Pick<Plantilla, 'ofertas' | 'posicion'>> => {
  const servidor = await banco.arrancar({ env: { ...COMUN, ...env } })
  const cliente = crearCliente(servidor.api)
  const dias = await Promise.all(DIAS.map((dia) => buscar(cliente, { fecha: dentroDe(dia) })))
  const oyente = await escuchar({ url: servidor.ui }, { cookie: `sesion=${nuevaSesion().secreto}` })
  await oyente.cuando('el inicio', (tramas) => tramas.some(({ posicion }) => posicion !== undefined))
  oyente.enchufe.terminate()
  servidor.senal('SIGTERM')
  await servidor.fin()
  return {
    ofertas: dias.flatMap(({ itinerarios }) => itinerarios.map(({ id_oferta }) => id_oferta)),
    posicion: oyente.tramas.at(-1)?.posicion ?? '',
  }
}

const copiarCarpeta = (de: string, a: string): void =>
  cpSync(de, a, { recursive: true, filter: (ruta) => !/direcciones[^/]*\.json$/.test(ruta) })

const guardada = (banco: Banco): string => {
  const carpeta = carpetaNueva('plantilla')
  copiarCarpeta(banco.carpeta, carpeta)
  return carpeta
}

const enSqlite = async (t: AlTerminar): Promise<Plantilla> => {
  const banco = unBanco(t)
  const visto = await primeraVida(banco, {})
  const carpeta = guardada(banco)
  return { almacen: 'sqlite', ...visto, copiar: async (a) => void copiarCarpeta(carpeta, a) }
}

const enPostgres = async (t: AlTerminar): Promise<Plantilla> => {
  const servidor = await abrirServidorPostgres()
  t.after(servidor.parar)
  const crear = (nombre: string, de: string) =>
    conCliente(servidor.direccion(), (cliente) => cliente.query(`CREATE DATABASE ${nombre} TEMPLATE ${de} STRATEGY FILE_COPY`))
  await crear('plantilla', 'template1')
  const banco = unBanco(t)
  const visto = await primeraVida(banco, { BASE_DATOS: servidor.direccion('plantilla') })
  const carpeta = guardada(banco)
  let copias = 0
  const copiar = async (a: string): Promise<string> => {
    const nombre = `copia_${++copias}`
    copiarCarpeta(carpeta, a)
    await crear(nombre, 'plantilla')
    return servidor.direccion(nombre)
  }
  return { almacen: 'postgres', ...visto, copiar }
}

/** Prepara uno de cada almacén. */
export const prepararPlantillas = async (t: AlTerminar): Promise<Readonly<Record<Almacen, Plantilla>>> => {
  const [sqlite, postgres] = await Promise.all([enSqlite(t), enPostgres(t)])
  return { sqlite, postgres }
}
