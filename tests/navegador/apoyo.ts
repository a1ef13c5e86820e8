import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import chromium from '@sparticuz/chromium'
import { type Browser, type BrowserContext, type Page, chromium as playwright } from 'playwright-core'
import { type Alcance, lugarElegido, type SistemaVisto } from '../apoyo/lugar.ts'
import { unBanco } from '../procesos/apoyo/servidor.ts'

/** El paquete trae su propio navegador para Linux x64; en otra parte se usa el Chrome instalado. Sus argumentos de fábrica no sirven. */
export const abrirNavegador = async (): Promise<Browser> => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return playwright.launch({ channel: 'chrome' })
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--use-gl=angle', '--use-angle=swiftshader']
  return playwright.launch({ executablePath: await chromium.executablePath(), args })
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

export type Visita = Readonly<{ contexto: BrowserContext; pagina: Page; quejas: string[] }>

type Opciones = Readonly<{ ancho?: number; idioma?: 'es-CO' | 'en-US'; oscuro?: boolean; tolerar?: RegExp }>

/** Alguien que abre la página. Ni un error de consola, ni una petición fuera de esta máquina: se comprueba al terminar la prueba. */
export const visitar = async (
  t: TestContext,
  navegador: Browser,
  { ancho = 1280, idioma = 'es-CO', oscuro = false, tolerar }: Opciones = {},
): Promise<Visita> => {
  const contexto = await navegador.newContext({
    viewport: { width: ancho, height: 900 },
    locale: idioma,
    colorScheme: oscuro ? 'dark' : 'light',
    reducedMotion: 'reduce',
  })
  const pagina = await contexto.newPage()
  const quejas: string[] = []
  const quejarse = (queja: string) => tolerar?.test(queja) || quejas.push(queja)
  pagina.on('console', (mensaje) => mensaje.type() === 'error' && quejarse(mensaje.text()))
  pagina.on('pageerror', (error) => quejarse(error.message))
  pagina.on('request', (peticion) => {
    const { hostname, protocol } = new URL(peticion.url())
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') quejarse(`salió de la máquina: ${peticion.url()}`)
  })
  t.after(async () => {
    await contexto.close()
    assert.deepEqual(quejas, [])
  })
  return { contexto, pagina, quejas }
}

/** Lo que axe encuentra en lo que se ve ahora, por regla y elemento. */
export const barreras = async (pagina: Page): Promise<readonly string[]> => {
  // La CSP de la página no deja cargar guiones ajenos: éste entra por el depurador.
  await pagina.evaluate(await import('node:fs').then(({ readFileSync }) => readFileSync(axe, 'utf8')))
  return pagina.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as { axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe.run()
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`))
  })
}

/** Un día dentro de la ventana de venta. */
export const enDias = (dias: number): string => new Date(Date.now() + dias * 86_400_000).toISOString().slice(0, 10)

export const buscar = (pagina: Page, ui: string, criterios: Record<string, string> = {}): Promise<unknown> =>
  pagina.goto(`${ui}/buscar?${new URLSearchParams({ origen: 'BOG', destino: 'MDE', fecha: enDias(40), ...criterios })}`)

/** Elige el primer vuelo y llena los datos; deja la página a un clic de reservar. */
export const llenar = async (pagina: Page, apellido: string): Promise<void> => {
  await pagina.locator('.oferta button').first().click()
  await pagina.getByLabel(/^(Nombre|First name)$/).fill('Ana')
  await pagina.getByLabel(/^(Apellido|Surname)$/).fill(apellido)
  await pagina.getByLabel(/^(Correo|E-mail)$/).fill('ana@example.com')
}

export const reservar = async (pagina: Page, apellido: string): Promise<string> => {
  await llenar(pagina, apellido)
  await pagina.getByRole('button', { name: /^(Reservar|Book)$/ }).click()
  await pagina.waitForURL(/\/reserva\/[0-9a-f-]{36}$/)
  return new URL(pagina.url()).pathname.split('/').at(-1) as string
}

/** El sistema que corre `npm start`, o el del lugar que se haya elegido (`lugar.ts`). La aerolínea acepta siempre: no se prueba su azar. */
export const abrirSistema = (alcance: Alcance): Promise<SistemaVisto> => lugarElegido()?.abrirSistema(alcance) ?? enUnProceso(alcance)

const enUnProceso = async (alcance: Alcance): Promise<SistemaVisto> => {
  const banco = unBanco(alcance)
  const env = { AEROALPES_AEROLINEA: 'acepta' }
  let vivo = await banco.arrancar({ env })
  const { ui, api } = vivo
  const buzon = join(banco.carpeta, 'buzon')
  return {
    ...{ ui, api },
    conBuzon: true,
    correosDe: (localizador) =>
      globSync('*.eml', { cwd: buzon }).filter((nombre) =>
        new RegExp(`^Subject: .*${localizador}`, 'm').test(readFileSync(join(buzon, nombre), 'utf8')),
      ).length,
    morir: async () => {
      vivo.senal('SIGKILL')
      await vivo.fin()
    },
    volver: async () => {
      vivo = await banco.arrancar({ env: { ...env, AEROALPES_PUERTO: new URL(api).port, UI_PUERTO: new URL(ui).port } })
    },
  }
}
